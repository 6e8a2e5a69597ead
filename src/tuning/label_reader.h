// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/head_loss_cpu.h"

// Shape suffixes: B batch, S source, T target, D d_model, C labels.
namespace dovetail {

// Reads a task's label off the encoder's output, in place of the decoder. A label is known by its
// target's ids, </s> included.
class LabelReader {
 public:
  virtual ~LabelReader() = default;

  // The targets of the task's labels. Called once, before anything is trained.
  void set_labels(std::vector<std::vector<int32_t>> targets);
  const std::vector<std::vector<int32_t>>& targets() const { return targets_; }
  // DataError for a target that is no label's.
  size_t label_of(std::span<const int32_t> target) const;

  // [B, C], differentiable.
  virtual at::Tensor logits(const at::Tensor& memory_BSD, const at::Tensor& mask_BS) const = 0;

 protected:
  virtual void make_outputs(int64_t num_labels) = 0;

 private:
  std::vector<std::vector<int32_t>> targets_;
};

// settings.weight times the sum over the rows of the smoothed cross-entropy of their labels. As a
// sum of token losses, it is that of targets whose first token says the label and leaves nothing to
// guess of the others.
at::Tensor label_loss(const LabelReader& reader, const at::Tensor& memory_BSD,
                      const at::Tensor& mask_BS, const at::Tensor& labels_BT,
                      const CrossEntropy& settings);

}  // namespace dovetail
