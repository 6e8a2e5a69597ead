// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "app/run/group_gradients.h"
#include "comm/nccl_all_reduce.h"

namespace dovetail {

// The same with gradients in the memory of GPUs, one a rank: NCCL adds them up, and messages carry
// the reports.
class NcclGradients final : public GroupGradients {
 public:
  // ConfigError without NCCL in this process.
  NcclGradients(DataParallelGroup& group, const at::Device& device);

  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) override {
    all_reduce_.begin_round(sizes);
    return {};
  }
  void all_reduce_async(size_t slot, std::span<float> numbers) override {
    all_reduce_.all_reduce_async(slot, numbers);
  }
  void wait() override { all_reduce_.wait(); }

 private:
  NcclAllReduce all_reduce_;
};

}  // namespace dovetail
