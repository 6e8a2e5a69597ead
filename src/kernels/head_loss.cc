// SPDX-License-Identifier: Apache-2.0
#include "kernels/head_loss.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/stack.h>

#include "base/error.h"
#include "kernels/autograd_node.h"
#include "kernels/matmul.h"
#include "kernels/rows.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kBlockNumbers = int64_t{1} << 24;  // logits held at a time: 64 MiB

struct HeadLossBackward final : BackwardNode {
  Tensor dhidden_RD, dhead_VD, head_VD;
  std::vector<LossPart> parts;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return variable_list(2);
    const BelowAutograd below;
    const Tensor factors = gradients[0].to(at::kDouble).reshape({-1}).contiguous();
    int64_t first = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      const double factor = factors.const_data_ptr<double>()[i];
      if (factor != 1) scale(first, parts[i].rows, factor);
      first += parts[i].rows;
    }
    if (dhead_VD.defined()) add_gradient(head_VD, dhead_VD);
    dhead_VD = Tensor();
    return {dhidden_RD, Tensor()};
  }

  void scale(int64_t first, int64_t rows, double factor) {
    if (dhidden_RD.defined()) dhidden_RD.narrow(0, first, rows).mul_(factor);
    if (!dhead_VD.defined()) return;
    DOVETAIL_CHECK(parts.size() == 1);  // the head's gradient is a sum over the parts
    dhead_VD.mul_(factor);
  }

  void release_variables() override { dhidden_RD = dhead_VD = Tensor(); }
};

// The rows of a call: the part that each belongs to, and the summed losses of the parts.
struct LossRows {
  explicit LossRows(std::span<const LossPart> given) : parts(given), sums(given.size(), 0.0) {
    for (size_t i = 0; i < parts.size(); ++i) part_of.insert(part_of.end(), parts[i].rows, i);
    for (size_t i = 0, first = 0; i < parts.size(); first += parts[i++].rows) {
      if (!parts[i].weights_R.defined()) continue;
      const Tensor part_R = parts[i].weights_R.to(at::kCPU, at::kFloat).contiguous();
      DOVETAIL_CHECK(part_R.numel() == parts[i].rows);
      weights.resize(part_of.size(), 1.0f);
      std::copy_n(part_R.const_data_ptr<float>(), parts[i].rows, weights.begin() + first);
    }
  }
  float weight_of(int64_t row) const { return weights.empty() ? 1.0f : weights[row]; }

  std::span<const LossPart> parts;
  std::vector<double> sums;
  std::vector<size_t> part_of;
  std::vector<float> weights;  // empty: 1 each
};

// Adds up the losses of a block of rows; overwrites the logits with their gradient if it is wanted.
void block_loss(const Tensor& logits_RV, const int64_t* labels, int64_t first_row,
                bool wants_gradient, LossRows& all) {
  const int64_t rows = logits_RV.size(0), vocab_size = logits_RV.size(1);
  float* logits = logits_RV.data_ptr<float>();
  std::vector<double> losses(rows, 0.0);
  at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* line = logits + row * vocab_size;
      const float weight = all.weight_of(first_row + row);
      if (labels[first_row + row] == kIgnored || weight == 0) {
        if (wants_gradient) std::fill_n(line, vocab_size, 0.0f);
        continue;
      }
      CrossEntropy settings = all.parts[all.part_of[first_row + row]].settings;
      settings.weight *= weight;
      losses[row] = weight * cross_entropy_row(line, vocab_size, labels[first_row + row], settings,
                                               wants_gradient ? line : nullptr);
    }
  });
  for (int64_t row = 0; row < rows; ++row) all.sums[all.part_of[first_row + row]] += losses[row];
}

// Adds a block of rows to the losses and to the gradients.
void run_block(const Tensor& x_RD, const int64_t* labels, const Projection& head,
               double logit_scale, HeadLossBackward* node, int64_t first_row, LossRows& all) {
  const bool wants_hidden = node != nullptr && node->dhidden_RD.defined();
  const bool wants_head = node != nullptr && node->dhead_VD.defined();
  const Tensor logits_RV = matmul_weights(x_RD, head, logit_scale);
  block_loss(logits_RV, labels, first_row, wants_hidden || wants_head, all);
  if (wants_hidden) {
    node->dhidden_RD.narrow(0, first_row, x_RD.size(0))
        .copy_(matmul_weights_backward(logits_RV, head, logit_scale));
  }
  if (wants_head)
    matmul_into(node->dhead_VD, logits_RV.t(), x_RD, logit_scale, /*accumulate=*/first_row > 0);
}

Tensor weighted_sums(const LossRows& all, const at::TensorOptions& options) {
  Tensor losses = at::empty({std::ssize(all.sums)}, at::kFloat);
  for (size_t i = 0; i < all.sums.size(); ++i)
    losses.data_ptr<float>()[i] =
        static_cast<float>(all.sums[i] * static_cast<double>(all.parts[i].settings.weight));
  return losses.to(options.dtype());
}

Tensor head_losses_float(const Tensor& hidden_RD, const Projection& head, const Tensor& labels,
                         double logit_scale, std::span<const LossPart> parts) {
  const Tensor& head_VD = head.parts[0];
  const auto node = backward_node<HeadLossBackward>({hidden_RD, head_VD});
  const bool wants_hidden = node && hidden_RD.requires_grad(),
             wants_head = node && head_VD.requires_grad();
  LossRows all(parts);
  Tensor losses;
  {
    const BelowAutograd below;
    const Tensor x_RD = hidden_RD.detach().contiguous(), labels_R = labels.contiguous();
    DOVETAIL_CHECK(std::ssize(all.part_of) == x_RD.size(0));
    if (wants_hidden) node->dhidden_RD = at::empty_like(x_RD);
    if (wants_head) node->dhead_VD = at::empty_like(head.whole_NK);
    const int64_t rows = x_RD.size(0),
                  step = std::max<int64_t>(64, kBlockNumbers / head_VD.size(0));
    for (int64_t begin = 0; begin < rows; begin += step) {
      run_block(x_RD.narrow(0, begin, std::min(step, rows - begin)),
                labels_R.const_data_ptr<int64_t>(), head, logit_scale, node.get(), begin, all);
    }
    losses = weighted_sums(all, x_RD.options());
  }
  if (node) {
    node->head_VD = head_VD;
    node->parts.assign(parts.begin(), parts.end());
  }
  attach(losses, node);
  return losses;
}

}  // namespace

Tensor head_loss_reference(const Tensor& hidden_RD, const Tensor& head_VD, const Tensor& labels_R,
                           double logit_scale, const CrossEntropy& settings,
                           const Tensor& weights_R) {
  const Tensor rows = at::nonzero(labels_R != kIgnored).squeeze(1);
  const Tensor logits =
      at::linear(hidden_RD.index_select(0, rows) * logit_scale, head_VD).to(at::kFloat);
  const Tensor labels = labels_R.index_select(0, rows);
  const Tensor log_z = at::logsumexp(logits, -1);
  const Tensor right = logits.gather(1, labels.unsqueeze(1)).squeeze(1);
  const double smoothing = settings.label_smoothing;
  Tensor losses = log_z - (1 - smoothing) * right - smoothing * logits.mean(-1) +
                  settings.z_loss * log_z * log_z;
  if (weights_R.defined()) losses = losses * weights_R.index_select(0, rows);
  return losses.sum() * static_cast<double>(settings.weight);
}

Tensor head_losses(const Tensor& hidden_RD, const Projection& head, const Tensor& labels_R,
                   double logit_scale, std::span<const LossPart> parts) {
  if (is_plain_float(hidden_RD) && is_plain_float(head.whole_NK) && hidden_RD.numel() > 0)
    return head_losses_float(hidden_RD, head, labels_R, logit_scale, parts);
  std::vector<int64_t> rows;
  for (const LossPart& part : parts) rows.push_back(part.rows);
  const std::vector<Tensor> hidden = split_rows(hidden_RD, rows), labels = labels_R.split(rows);
  std::vector<Tensor> losses;
  for (size_t i = 0; i < parts.size(); ++i)
    losses.push_back(head_loss_reference(hidden[i], head.parts[0], labels[i], logit_scale,
                                         parts[i].settings, parts[i].weights_R));
  return at::stack(losses);
}

Tensor head_loss(const Tensor& hidden_RD, const Projection& head, const Tensor& labels_R,
                 double logit_scale, const CrossEntropy& settings) {
  const LossPart whole{.rows = hidden_RD.size(0), .settings = settings};
  return head_losses(hidden_RD, head, labels_R, logit_scale, {&whole, 1}).squeeze(0);
}

}  // namespace dovetail
