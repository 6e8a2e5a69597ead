// SPDX-License-Identifier: Apache-2.0
#include "jobs/backbone.h"

#include "base/error.h"
#include "plan/model_size.h"

namespace dovetail {

Backbone load_folder(const std::filesystem::path& folder, Artefacts& artefacts,
                     const std::vector<std::string>& add_tokens) {
  const auto checkpoint = artefacts.checkpoint(folder);
  auto vocabulary = artefacts.vocabulary(folder, add_tokens);
  T5Config config = checkpoint->config;
  T5Weights weights = clone_weights(config, checkpoint->weights, artefacts.device());
  if (vocabulary->size() > config.vocab_size) {
    grow_embedding(vocabulary->size(), config, weights);
  }
  return {std::move(vocabulary), T5Model(config, std::move(weights))};
}

std::filesystem::path base_folder(const Job& job, const StartSettings& start,
                                  const Artefacts& artefacts) {
  if (!start.adaptation.empty()) return artefacts.folder(job.input_keys.at(0));
  if (start.objective.name == "checkpoint") return job.locations.checkpoint;
  if (start.objective.name == "none") return {};
  return artefacts.folder(job.input_keys.at(1));
}

Backbone load_backbone(const Job& job, const StartSettings& start, uint64_t seed,
                       bool keeps_weights, Artefacts& artefacts) {
  if (const auto folder = base_folder(job, start, artefacts); !folder.empty()) {
    std::vector<std::string> add_tokens;  // which the sweep's own models have already
    if (start.adaptation.empty() && start.objective.name == "checkpoint")
      add_tokens = start.objective.parameters.value("add_tokens", add_tokens);
    if (keeps_weights) {
      return {artefacts.vocabulary(folder, add_tokens),
              T5Model(*artefacts.frozen_model(folder, add_tokens))};
    }
    return load_folder(folder, artefacts, add_tokens);
  }
  const auto vocabulary = artefacts.vocabulary(artefacts.folder(job.input_keys.at(0)));
  const T5Config config = config_for(start.model, *vocabulary);
  return {vocabulary,
          T5Model(config, clone_weights(config, random_weights(config, seed), artefacts.device()))};
}

T5Config config_for(const Json& model, const Vocabulary& vocabulary) {
  Json json = model;
  const SpecialIds& ids = vocabulary.special_ids();
  Json own = {
      {"vocab_size", vocabulary.size()}, {"pad_token_id", ids.pad}, {"eos_token_id", ids.eos}};
  // a text begins after the end of another, where the vocabulary has no token that begins one
  if (is_causal_model(model)) own["bos_token_id"] = ids.bos.value_or(ids.eos);
  for (const auto& [key, value] : own.items()) {
    if (!json.contains(key)) json[key] = value;
  }
  const T5Config config = model_config_from(json);
  if (config.vocab_size < vocabulary.size()) {
    throw_<ConfigError>(
        "the model has {} embeddings, its vocabulary {} ids: they do not belong together",
        config.vocab_size, vocabulary.size());
  }
  return config;
}

}  // namespace dovetail
