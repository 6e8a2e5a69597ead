// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/t5.h"

namespace dovetail {

// Puts what stands around the model's weights into the weights themselves, so that a checkpoint of
// them computes the same: the updates of LoRA, DoRA and VeRA, and the factors of (IA)^3. The
// additions stay where they are, so the model is good for nothing but its weights afterwards.
// ConfigError for what no weight of a T5 can hold: biases, prefixes, bottlenecks.
void merge_into_weights(T5Model& model);

}  // namespace dovetail
