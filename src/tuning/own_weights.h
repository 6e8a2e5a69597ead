// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tuning/tuning_method.h"

namespace dovetail {

// Trains the model's own tensors whose published names `chosen` accepts; the others stay as they
// are. Saved as a whole model.
std::unique_ptr<TuningMethod> train_own_weights(
    T5Model& model, const std::function<bool(const std::string& name)>& chosen);

}  // namespace dovetail
