// SPDX-License-Identifier: Apache-2.0
#include "training/team_step.h"

#include <ATen/ops/zeros_like.h>
#include <algorithm>

#include "base/error.h"

namespace dovetail {

using at::Tensor;

namespace {

// Below it, what a sum costs besides its numbers is more than the numbers.
constexpr int64_t kBig = int64_t{1} << 14;

// Of its own memory in one piece: it is written to from outside of LibTorch.
Tensor plain_gradient(const Tensor& parameter) {
  Tensor& gradient = parameter.mutable_grad();
  if (!gradient.defined()) gradient = at::zeros_like(parameter);
  if (!gradient.is_contiguous()) gradient = gradient.contiguous();
  DOVETAIL_CHECK(gradient.scalar_type() == at::kFloat && gradient.device().is_cpu());
  return gradient;
}

}  // namespace

StepReport joined_report(std::span<const StepReport> reports) {
  StepReport all;
  for (size_t member = 0; member < reports.size(); ++member) {
    const StepReport& one = reports[member];
    all.loss_sum += one.loss_sum;
    all.computed_tokens += one.computed_tokens;
    all.stop = all.stop || one.stop;
    if (all.failure.empty()) all.failure = one.failure;
  }
  return all;
}

TeamStep::TeamStep(GradientTeam& team, const NamedTensors& trained) : team_(team) {
  int64_t num_small = 0;
  for (const auto& [name, tensor] : trained) {
    if (tensor.numel() < kBig) {
      small_.push_back(tensor);
      num_small += tensor.numel();
      continue;
    }
    slot_of_[tensor.unsafeGetTensorImpl()] = big_.size();
    big_.push_back(tensor);
    sizes_.push_back(static_cast<size_t>(tensor.numel()));
  }
  small_sum_.resize(static_cast<size_t>(num_small));
  sizes_.push_back(small_sum_.size());
}

TeamStep::~TeamStep() {
  for (const auto* tensors : {&big_, &small_}) {
    for (const Tensor& tensor : *tensors) tensor.mutable_grad().reset();
  }
}

void TeamStep::begin() {
  homes_ = team_.begin_round(sizes_);
  started_.assign(big_.size(), false);
  open_ = true;
}

std::unique_ptr<GradientListener> TeamStep::listen(bool last) {
  return std::make_unique<GradientListener>(
      [this, last](const Tensor& parameter) {
        const auto found = slot_of_.find(parameter.unsafeGetTensorImpl());
        if (last && found != slot_of_.end()) start(found->second);
      },
      [this](const std::vector<Tensor>& parameters) { return home_of(parameters); });
}

// Where the homes of all follow each other, as those of the weights of a product do.
float* TeamStep::home_of(const std::vector<Tensor>& parameters) const {
  float *first = nullptr, *next = nullptr;
  for (const Tensor& parameter : parameters) {
    const auto found = slot_of_.find(parameter.unsafeGetTensorImpl());
    if (homes_.empty() || found == slot_of_.end()) return nullptr;
    float* home = homes_[found->second].data();
    if (first == nullptr) first = next = home;
    if (home != next) return nullptr;
    next += parameter.numel();
  }
  return first;
}

void TeamStep::start(size_t slot) {
  started_[slot] = true;
  const Tensor gradient = plain_gradient(big_[slot]);
  team_.begin_sum(slot, {gradient.data_ptr<float>(), sizes_[slot]});
}

void TeamStep::start_small() {
  float* out = small_sum_.data();
  for (const Tensor& tensor : small_) {
    out = std::copy_n(plain_gradient(tensor).const_data_ptr<float>(), tensor.numel(), out);
  }
  team_.begin_sum(big_.size(), small_sum_);
}

void TeamStep::take_small() {
  const float* in = small_sum_.data();
  for (const Tensor& tensor : small_) {
    std::copy_n(in, tensor.numel(), tensor.mutable_grad().data_ptr<float>());
    in += tensor.numel();
  }
}

void TeamStep::finish() {
  for (size_t slot = 0; slot < big_.size(); ++slot) {
    if (!started_[slot]) start(slot);
  }
  start_small();
  team_.finish_sums();
  open_ = false;
  take_small();
}

void TeamStep::give_up() {
  if (open_) team_.finish_sums();
  open_ = false;
}

}  // namespace dovetail
