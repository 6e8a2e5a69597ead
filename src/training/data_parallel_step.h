// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "kernels/gradient_listener.h"
#include "model/weights.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// The all-reduce of one training step's gradients. A big gradient starts as soon as the backward
// pass has completed it; the many small ones follow at the end as one slot.
class DataParallelStep {
 public:
  DataParallelStep(GradientAllReduce& group, const NamedTensors& trained);
  ~DataParallelStep();  // drops the gradients, which may be in the group's memory
  DataParallelStep(const DataParallelStep&) = delete;

  // Call before the first backward pass of a step.
  void begin();
  // Keep the result during a backward pass. In the last pass of a step it starts the all-reduce of
  // each big gradient once that is complete.
  std::unique_ptr<GradientListener> listen(bool last);
  // Call after the last pass. Every gradient is then the sum over the group.
  void finish();
  // Without finish(), abandons the step: this rank contributes no gradients. After it, does
  // nothing.
  void abandon();

 private:
  void start(size_t slot);
  float* buffer_of(const std::vector<at::Tensor>& parameters) const;
  void start_small();
  void take_small();

  GradientAllReduce& group_;
  std::vector<at::Tensor> big_, small_;              // trained tensors
  std::unordered_map<const void*, size_t> slot_of_;  // by tensor
  std::vector<size_t> sizes_;                        // by slot; the last one is of all small ones
  std::vector<std::span<float>> buffers_;            // by slot, or empty
  std::vector<bool> started_;                        // by slot of a big tensor
  at::Tensor small_gradients_;                       // one after the other, on their device
  std::vector<at::Tensor> small_views_;              // of it, each in the shape of its tensor
  bool open_ = false;
};

}  // namespace dovetail
