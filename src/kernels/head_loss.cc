// SPDX-License-Identifier: Apache-2.0
#include "kernels/head_loss.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/nonzero.h>

#include "kernels/autograd_node.h"
#include "kernels/matmul.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kBlockNumbers = int64_t{1} << 24;  // logits held at a time: 64 MiB

struct HeadLossBackward final : BackwardNode {
  Tensor dhidden_RD, dhead_VD, head_VD;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return variable_list(2);
    const BelowAutograd below;
    const double factor = gradients[0].item<double>();
    if (factor != 1) {
      if (dhidden_RD.defined()) dhidden_RD.mul_(factor);
      if (dhead_VD.defined()) dhead_VD.mul_(factor);
    }
    if (dhead_VD.defined()) add_gradient(head_VD, dhead_VD);
    dhead_VD = Tensor();
    return {dhidden_RD, Tensor()};
  }

  void release_variables() override { dhidden_RD = dhead_VD = Tensor(); }
};

// Returns the loss of a block's rows; overwrites the logits with their gradient if it is wanted.
double block_loss(const Tensor& logits_RV, const int64_t* labels, const CrossEntropy& settings,
                  bool wants_gradient) {
  const int64_t rows = logits_RV.size(0), vocab_size = logits_RV.size(1);
  float* logits = logits_RV.data_ptr<float>();
  std::vector<double> losses(rows, 0.0);
  at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* line = logits + row * vocab_size;
      if (labels[row] == kIgnored) {
        if (wants_gradient) std::fill_n(line, vocab_size, 0.0f);
        continue;
      }
      losses[row] = cross_entropy_row(line, vocab_size, labels[row], settings,
                                      wants_gradient ? line : nullptr);
    }
  });
  double sum = 0;
  for (double loss : losses) sum += loss;
  return sum;
}

// Returns the loss of a block of rows, and adds its part to the gradients.
double run_block(const Tensor& x_RD, const int64_t* labels, const Projection& head,
                 double logit_scale, const CrossEntropy& settings, HeadLossBackward* node,
                 int64_t first_row) {
  const bool wants_hidden = node != nullptr && node->dhidden_RD.defined();
  const bool wants_head = node != nullptr && node->dhead_VD.defined();
  const Tensor logits_RV = matmul_weights(x_RD, head, logit_scale);
  const double sum = block_loss(logits_RV, labels, settings, wants_hidden || wants_head);
  if (wants_hidden) {
    node->dhidden_RD.narrow(0, first_row, x_RD.size(0))
        .copy_(matmul_weights_backward(logits_RV, head, logit_scale));
  }
  if (wants_head)
    matmul_into(node->dhead_VD, logits_RV.t(), x_RD, logit_scale, /*accumulate=*/first_row > 0);
  return sum;
}

Tensor head_loss_float(const Tensor& hidden_RD, const Projection& head, const Tensor& labels,
                       double logit_scale, const CrossEntropy& settings) {
  const Tensor& head_VD = head.parts[0];
  const auto node = backward_node<HeadLossBackward>({hidden_RD, head_VD});
  const bool wants_hidden = node && hidden_RD.requires_grad(),
             wants_head = node && head_VD.requires_grad();
  double sum = 0;
  Tensor loss;
  {
    const BelowAutograd below;
    const Tensor x_RD = hidden_RD.detach().contiguous(), labels_R = labels.contiguous();
    if (wants_hidden) node->dhidden_RD = at::empty_like(x_RD);
    if (wants_head) node->dhead_VD = at::empty_like(head.whole_NK);
    const int64_t rows = x_RD.size(0),
                  step = std::max<int64_t>(64, kBlockNumbers / head_VD.size(0));
    for (int64_t begin = 0; begin < rows; begin += step) {
      sum += run_block(x_RD.narrow(0, begin, std::min(step, rows - begin)),
                       labels_R.const_data_ptr<int64_t>() + begin, head, logit_scale, settings,
                       node.get(), begin);
    }
    loss = at::full({}, sum * settings.weight, x_RD.options());
  }
  if (node) node->head_VD = head_VD;
  attach(loss, node);
  return loss;
}

}  // namespace

Tensor head_loss_reference(const Tensor& hidden_RD, const Tensor& head_VD, const Tensor& labels_R,
                           double logit_scale, const CrossEntropy& settings) {
  const Tensor rows = at::nonzero(labels_R != kIgnored).squeeze(1);
  const Tensor logits =
      at::linear(hidden_RD.index_select(0, rows) * logit_scale, head_VD).to(at::kFloat);
  const Tensor labels = labels_R.index_select(0, rows);
  const Tensor log_z = at::logsumexp(logits, -1);
  const Tensor right = logits.gather(1, labels.unsqueeze(1)).squeeze(1);
  const double smoothing = settings.label_smoothing;
  const Tensor losses = log_z - (1 - smoothing) * right - smoothing * logits.mean(-1) +
                        settings.z_loss * log_z * log_z;
  return losses.sum() * static_cast<double>(settings.weight);
}

Tensor head_loss(const Tensor& hidden_RD, const Projection& head, const Tensor& labels_R,
                 double logit_scale, const CrossEntropy& settings) {
  const bool fast =
      is_plain_float(hidden_RD) && is_plain_float(head.whole_NK) && hidden_RD.numel() > 0;
  return fast ? head_loss_float(hidden_RD, head, labels_R, logit_scale, settings)
              : head_loss_reference(hidden_RD, head.parts[0], labels_R, logit_scale, settings);
}

}  // namespace dovetail
