// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/shapes.h"
#include "model/t5.h"

// A random t5-tiny with 60 pieces.
namespace dovetail {

inline constexpr int64_t kVocabulary = 60;

inline T5Config tiny_config() {
  nlohmann::json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = kVocabulary;
  return t5_config_from(json);
}

inline T5Model tiny_model(at::ScalarType type = at::kFloat) {
  T5Weights weights = random_weights(tiny_config(), 1);
  for_each_weight(tiny_config(), weights,
                  [&](const WeightSpec&, at::Tensor& tensor) { tensor = tensor.to(type); });
  return {tiny_config(), std::move(weights)};
}

}  // namespace dovetail
