// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "model/config.h"
#include "model/weights.h"

namespace dovetail {

// A model folder in the Hugging Face layout: config.json, the weights (see WeightFiles for the
// names and formats), and the vocabulary's files, which the text room reads.
struct Checkpoint {
  T5Config config;
  T5Weights weights;
};

// Throws as read_folder_configs() does, and DataError that names every missing, extra or mis-shaped
// tensor. As in transformers, the head is untied if there is an lm_head.weight that differs from
// the embedding, whatever config.json holds; a missing shared.weight of a T5 is taken from its
// copies; unused tensors of old folders are ignored.
Checkpoint load_checkpoint(const std::filesystem::path& folder);

// Writes config.json, generation_config.json (the one that the model came with) and
// model.safetensors. transformers loads the folder;
// for an untied head it prints its usual notice.
void save_checkpoint(const std::filesystem::path& folder, const T5Config& config,
                     const T5Weights& weights, bool bfloat16 = false);

// Whether transformers 5.23 scales this model's logits otherwise: see set_tied_head().
bool scaled_unlike_transformers(const T5Config& config);

// The content hash of configuration, weights and vocabulary. Checks the folder without loading it.
std::string checkpoint_fingerprint(const std::filesystem::path& folder);

}  // namespace dovetail
