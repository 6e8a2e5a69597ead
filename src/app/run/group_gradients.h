// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "comm/data_parallel_group.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// Gives the trainer the all-reduce of a data-parallel group. It connects two rooms that do not know
// each other: training knows no MPI, and comm knows no training steps.
class GroupGradients : public GradientAllReduce {
 public:
  explicit GroupGradients(DataParallelGroup& group)
      : GradientAllReduce(group.rank(), group.size()), group_(group) {}

  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) override {
    return group_.begin_round(sizes);
  }
  void all_reduce_async(size_t slot, std::span<float> numbers) override {
    group_.all_reduce_async(slot, numbers);
  }
  void wait() override { group_.wait(); }
  StepReport all_reduce_report(const StepReport& mine) override;

 private:
  DataParallelGroup& group_;
};

// The all-reduce of a group whose models are on such a device.
std::unique_ptr<GradientAllReduce> make_gradients(DataParallelGroup& group,
                                                  const at::Device& device);

}  // namespace dovetail
