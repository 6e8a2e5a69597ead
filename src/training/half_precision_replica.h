// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "model/t5.h"

namespace dovetail {

// Mixed precision: a copy of a model's weights in half precision, which forward and backward run
// on. The model itself keeps the float32 master weights, which receive the gradients and are
// stepped, averaged, saved and evaluated. Position biases stay float32, because they are added to
// float32 scores before the softmax. A copy requires a gradient where its master does.
class HalfPrecisionReplica {
 public:
  HalfPrecisionReplica(const T5Model& masters, at::ScalarType type);

  T5Model& model() { return model_; }
  void take_weights();    // copies the current master weights, rounded
  void give_gradients();  // adds the gradients of the copies to the masters', and clears them

 private:
  void copy_additions(const T5Model& masters);
  void copy_blocks(const std::vector<BlockAdditions>& from, std::vector<BlockAdditions>& to);
  // A copy of one tensor, remembered as a pair if the master is trained.
  at::Tensor paired_copy(const at::Tensor& master, at::ScalarType type);

  T5Model model_;
  std::vector<std::pair<at::Tensor, at::Tensor>> trained_;  // master and copy, of one shape
};

}  // namespace dovetail
