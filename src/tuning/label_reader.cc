// SPDX-License-Identifier: Apache-2.0
#include "tuning/label_reader.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "base/error.h"
#include "kernels/head_loss.h"

namespace dovetail {

using at::Tensor;

void LabelReader::set_labels(std::vector<std::vector<int32_t>> targets) {
  DOVETAIL_CHECK(targets_.empty() && !targets.empty());
  targets_ = std::move(targets);
  make_outputs(std::ssize(targets_));
}

size_t LabelReader::label_of(std::span<const int32_t> target) const {
  const auto found = std::ranges::find_if(
      targets_, [&](const auto& known) { return std::ranges::equal(known, target); });
  if (found == targets_.end())
    throw DataError("an answer is none of the task's labels; linear_probe knows no others");
  return static_cast<size_t>(found - targets_.begin());
}

Tensor label_loss(const LabelReader& reader, const Tensor& memory_BSD, const Tensor& mask_BS,
                  const Tensor& labels_BT, const CrossEntropy& settings) {
  const Tensor ids_BT = labels_BT.to(at::kCPU).contiguous();
  std::vector<int64_t> labels;
  for (int64_t row = 0; row < ids_BT.size(0); ++row) {
    std::vector<int32_t> target;
    for (int64_t i = 0; i < ids_BT.size(1); ++i) {
      const int64_t id = ids_BT.const_data_ptr<int64_t>()[row * ids_BT.size(1) + i];
      if (id != kIgnored) target.push_back(static_cast<int32_t>(id));
    }
    labels.push_back(static_cast<int64_t>(reader.label_of(target)));
  }
  const Tensor logits_BC = reader.logits(memory_BSD, mask_BS);
  return settings.weight *
         at::cross_entropy_loss(logits_BC, at::tensor(labels, at::kLong).to(logits_BC.device()), {},
                                at::Reduction::Sum, kIgnored, settings.label_smoothing);
}

}  // namespace dovetail
