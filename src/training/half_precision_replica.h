// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "model/t5.h"

namespace dovetail {

// A model's weights rounded to half precision, to compute with; the model itself keeps the float32
// masters, which take the gradients, are stepped, averaged, saved and evaluated. The position
// biases stay float32: they are added to scores that are float32 before their softmax. What needs a
// gradient in the masters needs one here.
class HalfPrecisionReplica {
 public:
  HalfPrecisionReplica(const T5Model& masters, at::ScalarType type);

  T5Model& model() { return model_; }
  void take_weights();    // the masters as they are now, rounded
  void give_gradients();  // adds what backward() left here to the masters' gradients

 private:
  void copy_low_rank(const T5Model& masters);
  at::Tensor paired_copy(const at::Tensor& master, at::ScalarType type);

  T5Model model_;
  std::vector<std::pair<at::Tensor, at::Tensor>> trained_;  // master, copy
};

}  // namespace dovetail
