// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros_like.h>

#include <limits>

#include "kernels/attention_cpu.h"
#include "kernels/autograd_node.h"
#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

namespace {

AttentionShape shape_of(const AttentionInputs& in) {
  const bool self = !in.kv.defined();
  const int64_t inner = in.q.size(2) / (self ? 3 : 1);
  AttentionShape shape;
  shape.batch = in.q.size(0);
  shape.heads = in.heads;
  shape.queries = in.q.size(1);
  shape.keys = self ? in.q.size(1) : in.kv.size(1);
  shape.channels = inner / in.heads;
  shape.q_stride = in.q.size(2);
  shape.kv_stride = self ? in.q.size(2) : in.kv.size(2);
  shape.out_stride = inner;
  return shape;
}

// Pointers to q, k and v within the one or two tensors that hold them.
template <typename Pointer>
struct Places {
  Pointer q, k, v;
};
template <typename Pointer>
Places<Pointer> places(Pointer q, Pointer kv, int64_t inner) {
  return kv == nullptr ? Places<Pointer>{q, q + inner, q + 2 * inner}
                       : Places<Pointer>{q, kv, kv + inner};
}

std::vector<float>& thread_scratch(const AttentionShape& shape) {
  thread_local std::vector<float> scratch;
  const size_t wanted = static_cast<size_t>(attention_scratch(shape));
  if (scratch.size() < wanted) scratch.resize(wanted);
  return scratch;
}

struct AttentionBackwardNode final : BackwardNode {
  AttentionInputs inputs;  // detached
  Tensor probabilities;
  AttentionShape shape;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return variable_list(3);
    const BelowAutograd below;
    const Tensor dout = gradients[0].contiguous();
    const Tensor dq = at::empty_like(inputs.q);
    const Tensor dkv = inputs.kv.defined() ? at::empty_like(inputs.kv) : Tensor();
    const bool wants_bias = inputs.bias_HTS.defined() && task_should_compute_output(2);
    const Tensor dbias = wants_bias ? at::zeros_like(inputs.bias_HTS) : Tensor();
    const auto in =
        places(inputs.q.const_data_ptr<float>(), floats_or_null(inputs.kv), shape.out_stride);
    const auto out = places(dq.data_ptr<float>(), dkv.defined() ? dkv.data_ptr<float>() : nullptr,
                            shape.out_stride);
    run_heads({.shape = shape,
               .q = in.q,
               .k = in.k,
               .v = in.v,
               .probabilities = probabilities.const_data_ptr<float>(),
               .dout = dout.const_data_ptr<float>(),
               .dq = out.q,
               .dk = out.k,
               .dv = out.v,
               .dbias = wants_bias ? dbias.data_ptr<float>() : nullptr,
               .dropout = DropoutBits(inputs.dropout)});
    return {dq, dkv, dbias};
  }

  // Goes through the batch in order within a head, so that the sum of the bias is the same with any
  // number of threads.
  void run_heads(const AttentionBackward& work) const {
    at::parallel_for(0, shape.heads, 1, [&](int64_t begin, int64_t end) {
      float* scratch = thread_scratch(shape).data();
      for (int64_t head = begin; head < end; ++head) {
        for (int64_t b = 0; b < shape.batch; ++b) attention_backward(work, b, head, scratch);
      }
    });
  }

  void release_variables() override {
    inputs = {};
    probabilities = Tensor();
  }
};

AttentionInputs detached(const AttentionInputs& in) {
  const auto plain = [](const Tensor& x) { return x.defined() ? x.detach().contiguous() : x; };
  return {.q = plain(in.q),
          .kv = plain(in.kv),
          .bias_HTS = plain(in.bias_HTS),
          .mask_BS = plain(in.mask_BS),
          .segments_BT = plain(in.segments_BT),
          .heads = in.heads,
          .dropout = in.dropout};
}

Tensor attention_float(const AttentionInputs& in) {
  const auto node = backward_node<AttentionBackwardNode>({in.q, in.kv, in.bias_HTS});
  Tensor out;
  {
    const BelowAutograd below;
    const AttentionInputs plain = detached(in);
    const AttentionShape shape = shape_of(plain);
    out = at::empty({shape.batch, shape.queries, shape.out_stride}, plain.q.options());
    const Tensor probabilities = at::empty(
        {shape.batch, shape.heads, shape.queries, shape.padded_keys()}, plain.q.options());
    const auto at =
        places(plain.q.const_data_ptr<float>(), floats_or_null(plain.kv), shape.out_stride);
    const AttentionForward work{.shape = shape,
                                .q = at.q,
                                .k = at.k,
                                .v = at.v,
                                .bias = floats_or_null(plain.bias_HTS),
                                .mask = floats_or_null(plain.mask_BS),
                                .segments = floats_or_null(plain.segments_BT),
                                .probabilities = probabilities.data_ptr<float>(),
                                .out = out.data_ptr<float>(),
                                .dropout = DropoutBits(plain.dropout)};
    at::parallel_for(0, shape.batch * shape.heads, 1, [&](int64_t begin, int64_t end) {
      float* scratch = thread_scratch(shape).data();
      for (int64_t i = begin; i < end; ++i) {
        attention_forward(work, i / shape.heads, i % shape.heads, scratch);
      }
    });
    if (node) {
      node->inputs = plain;
      node->probabilities = probabilities;
      node->shape = shape;
    }
  }
  attach(out, node);
  return out;
}

Tensor split_heads(const Tensor& x_BTI, int64_t heads) {
  return x_BTI.unflatten(2, {heads, -1}).transpose(1, 2);
}

}  // namespace

Tensor attention_reference(const AttentionInputs& in) {
  const std::vector<Tensor> parts = in.kv.defined() ? in.kv.chunk(2, 2) : in.q.chunk(3, 2);
  const Tensor q_BHTC = split_heads(in.kv.defined() ? in.q : parts[0], in.heads);
  const Tensor k_BHSC = split_heads(parts[parts.size() - 2], in.heads);
  const Tensor v_BHSC = split_heads(parts.back(), in.heads);
  Tensor scores_BHTS = at::matmul(q_BHTC, k_BHSC.transpose(2, 3)).to(wide_type(in.q));
  if (in.bias_HTS.defined()) scores_BHTS = scores_BHTS + in.bias_HTS.unsqueeze(0);
  if (in.mask_BS.defined()) {
    // [B, 1, S]: what every query sees; with segments [B, T, S]
    const Tensor keys_B1S = in.mask_BS.unsqueeze(1);
    const Tensor seen =
        in.segments_BT.defined() ? in.segments_BT.unsqueeze(2) == keys_B1S : keys_B1S;
    const Tensor never = (1.0 - seen.to(at::kFloat)) * std::numeric_limits<float>::lowest();
    scores_BHTS = scores_BHTS + never.unsqueeze(1);
  }
  const Tensor probabilities = at::softmax(scores_BHTS, -1).to(in.q.scalar_type());
  return at::matmul(dropout(probabilities, in.dropout), v_BHSC).transpose(1, 2).flatten(2);
}

Tensor attention(const AttentionInputs& in) {
  const bool fast = is_plain_float(in.q) && in.q.numel() > 0 &&
                    (!in.bias_HTS.defined() || is_plain_float(in.bias_HTS));
  return fast ? attention_float(in) : attention_reference(in);
}

}  // namespace dovetail
