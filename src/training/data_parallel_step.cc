// SPDX-License-Identifier: Apache-2.0
#include "training/data_parallel_step.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <algorithm>

#include "base/error.h"

namespace dovetail {

using at::Tensor;

namespace {

// Below this size, the fixed cost of an all-reduce exceeds that of its numbers.
constexpr int64_t kBigTensor = int64_t{1} << 14;

// Makes the gradient contiguous, because the group writes to its memory outside of LibTorch.
Tensor contiguous_gradient(const Tensor& parameter) {
  Tensor& gradient = parameter.mutable_grad();
  if (!gradient.defined()) gradient = at::zeros_like(parameter);
  if (!gradient.is_contiguous()) gradient = gradient.contiguous();
  DOVETAIL_CHECK(gradient.scalar_type() == at::kFloat);
  return gradient;
}

}  // namespace

DataParallelStep::DataParallelStep(GradientAllReduce& group, const NamedTensors& trained)
    : group_(group) {
  int64_t num_small = 0;
  for (const auto& [name, tensor] : trained) {
    if (tensor.numel() < kBigTensor) {
      small_.push_back(tensor);
      num_small += tensor.numel();
      continue;
    }
    slot_of_[tensor.unsafeGetTensorImpl()] = big_.size();
    big_.push_back(tensor);
    sizes_.push_back(static_cast<size_t>(tensor.numel()));
  }
  const at::Device device = trained.empty() ? at::kCPU : trained.front().second.device();
  small_gradients_ = at::empty({num_small}, at::TensorOptions(device).dtype(at::kFloat));
  int64_t first = 0;
  for (const Tensor& tensor : small_) {
    small_views_.push_back(small_gradients_.narrow(0, first, tensor.numel()).view(tensor.sizes()));
    first += tensor.numel();
  }
  sizes_.push_back(static_cast<size_t>(num_small));
}

DataParallelStep::~DataParallelStep() {
  for (const auto* tensors : {&big_, &small_}) {
    for (const Tensor& tensor : *tensors) tensor.mutable_grad().reset();
  }
}

void DataParallelStep::begin() {
  buffers_ = group_.begin_round(sizes_);
  started_.assign(big_.size(), false);
  open_ = true;
}

std::unique_ptr<GradientListener> DataParallelStep::listen(bool last) {
  return std::make_unique<GradientListener>(
      [this, last](const Tensor& parameter) {
        const auto found = slot_of_.find(parameter.unsafeGetTensorImpl());
        if (last && found != slot_of_.end()) start(found->second);
      },
      [this](const std::vector<Tensor>& parameters) { return buffer_of(parameters); });
}

// Returns the first buffer if all are contiguous, as those of a projection's weights are; else
// null.
float* DataParallelStep::buffer_of(const std::vector<Tensor>& parameters) const {
  float *first = nullptr, *next = nullptr;
  for (const Tensor& parameter : parameters) {
    const auto found = slot_of_.find(parameter.unsafeGetTensorImpl());
    if (buffers_.empty() || found == slot_of_.end()) return nullptr;
    float* buffer = buffers_[found->second].data();
    if (first == nullptr) first = next = buffer;
    if (buffer != next) return nullptr;
    next += parameter.numel();
  }
  return first;
}

void DataParallelStep::start(size_t slot) {
  started_[slot] = true;
  const Tensor gradient = contiguous_gradient(big_[slot]);
  group_.all_reduce_async(slot, {gradient.data_ptr<float>(), sizes_[slot]});
}

void DataParallelStep::start_small() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < small_.size(); ++i) small_views_[i].copy_(contiguous_gradient(small_[i]));
  group_.all_reduce_async(big_.size(), {small_gradients_.data_ptr<float>(), sizes_.back()});
}

void DataParallelStep::take_small() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < small_.size(); ++i) small_[i].mutable_grad().copy_(small_views_[i]);
}

void DataParallelStep::finish() {
  for (size_t slot = 0; slot < big_.size(); ++slot) {
    if (!started_[slot]) start(slot);
  }
  start_small();
  group_.wait();
  open_ = false;
  take_small();
}

void DataParallelStep::abandon() {
  if (open_) group_.wait();
  open_ = false;
}

}  // namespace dovetail
