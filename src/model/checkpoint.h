// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "model/config.h"
#include "model/weights.h"

namespace dovetail {

// A model folder in the Hugging Face layout: config.json, model.safetensors (and spiece.model,
// which the text room reads).
struct Checkpoint {
  T5Config config;
  T5Weights weights;
};

// Throws ConfigError for a folder that is none, and DataError that names every missing, extra or
// mis-shaped tensor. Whether the head is tied is decided by whether lm_head.weight is there.
Checkpoint load_checkpoint(const std::filesystem::path& folder);

// Writes config.json and model.safetensors; transformers loads the folder without a warning.
void save_checkpoint(const std::filesystem::path& folder, const T5Config& config,
                     const T5Weights& weights, bool bfloat16 = false);

// Content hash of configuration, weights and vocabulary. Checks the folder without loading it.
std::string checkpoint_fingerprint(const std::filesystem::path& folder);

}  // namespace dovetail
