// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "jobs/artefacts.h"
#include "model/t5.h"
#include "plan/job.h"

namespace dovetail {

// A model with its vocabulary; the weights are a copy, which may be trained.
struct Backbone {
  std::shared_ptr<const Vocabulary> vocabulary;
  T5Model model;
};

// The model that a job starts from: its adapted or pre-trained input, a published checkpoint, or
// random weights drawn with `seed`. With `keeps_weights`, one in a folder shares its memory with
// the others that are loaded so: none of its weights may change.
Backbone load_backbone(const Job& job, const StartSettings& start, uint64_t seed,
                       bool keeps_weights, Artefacts& artefacts);

// The folder of that model: of an artefact, or a published checkpoint; empty for random weights.
std::filesystem::path base_folder(const Job& job, const StartSettings& start,
                                  const Artefacts& artefacts);

// The checkpoint in a folder, with tokens of the sweep added to its vocabulary. Ids beyond its
// embedding get new rows (grow_embedding).
Backbone load_folder(const std::filesystem::path& folder, Artefacts& artefacts,
                     const std::vector<std::string>& add_tokens = {});

// The model's config with the vocabulary's size and ids. Throws ConfigError if the two do not fit.
T5Config config_for(const Json& model, const Vocabulary& vocabulary);

}  // namespace dovetail
