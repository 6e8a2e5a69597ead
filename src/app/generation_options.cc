// SPDX-License-Identifier: Apache-2.0
#include "app/generation_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>

#include "model/generation/generation_config.h"

namespace dovetail {

void GenerationOptions::keep(CLI::Option* option, std::function<void(GenerationSettings&)> copy) {
  overrides_.push_back([option, copy = std::move(copy)](GenerationSettings& settings) {
    if (option->count() > 0) copy(settings);
  });
}

template <typename T>
CLI::Option* GenerationOptions::add(CLI::App& command, const std::string& name,
                                    T GenerationSettings::*field, const std::string& about) {
  CLI::Option* option = command.add_option(name, given_.*field, about);
  keep(option, [this, field](GenerationSettings& settings) { settings.*field = given_.*field; });
  return option;
}

void GenerationOptions::add_search(CLI::App& command) {
  static const std::map<std::string, EarlyStopping> kEarlyStopping = {
      {"false", EarlyStopping::kFalse},
      {"true", EarlyStopping::kTrue},
      {"never", EarlyStopping::kNever}};
  using Settings = GenerationSettings;
  add(command, "--num-beams", &Settings::num_beams, "1: greedy, or sampling");
  add(command, "--max-new-tokens", &Settings::max_new_tokens,
      "Most new tokens, the end (</s>) included");
  const CLI::Option* least = add(command, "--min-new-tokens", &Settings::min_new_tokens,
                                 "Fewest new tokens before the end");
  min_length_given_ = [least] { return least->count() > 0; };
  add(command, "--length-penalty", &Settings::length_penalty,
      "Beams: divides scores by the length to this power");
  add(command, "--early-stopping", &Settings::early_stopping,
      "Beams: true stops at num-beams finished sequences, false when better ones are unlikely, "
      "never when they are impossible")
      ->transform(CLI::CheckedTransformer(kEarlyStopping))
      ->default_str("false");
  add(command, "--no-repeat-ngram-size", &Settings::no_repeat_ngram_size,
      "No n-gram of this size occurs twice; 0: off");
  add(command, "--repetition-penalty", &Settings::repetition_penalty, "Above 1: fewer repetitions");
  add(command, "--forced-bos-token-id", &Settings::forced_bos_token_id,
      "Id of the first new token");
  add(command, "--forced-eos-token-id", &Settings::forced_eos_token_id,
      "Id of the token at max-new-tokens")
      ->expected(1)
      ->delimiter(',');
  add(command, "--num-return-sequences", &Settings::num_return_sequences,
      "Output lines for each input line; beams give the best first");
}

void GenerationOptions::add_sampling(CLI::App& command) {
  using Settings = GenerationSettings;
  const CLI::Option* samples = command.add_flag(
      "--do-sample", given_.do_sample, "Sample tokens instead of taking the most likely one");
  samples_given_ = [samples] { return samples->count() > 0; };
  add(command, "--temperature", &Settings::temperature, "Sampling: divides logits");
  add(command, "--top-k", &Settings::top_k, "Sampling: only the k most likely tokens; 0: all");
  add(command, "--top-p", &Settings::top_p,
      "Sampling: only the most likely tokens whose probabilities add up to this");
  add(command, "--seed", &Settings::seed, "Seed of sampling; batching does not change the draws");
}

void GenerationOptions::add_to(CLI::App& command) {
  add_search(command);
  add_sampling(command);
}

GenerationSettings GenerationOptions::settings(const T5Config& config,
                                               const std::string& folder) const {
  namespace fs = std::filesystem;
  const fs::path file = fs::path(folder) / "generation_config.json";
  GenerationSettings settings = settings_of_generation_config(
      config, fs::exists(file) ? file : fs::path(folder) / "config.json");
  if (samples_given_()) settings.do_sample = given_.do_sample;
  if (!settings.do_sample) clear_sampling(settings);
  for (const auto& override_if_given : overrides_) override_if_given(settings);
  // as in transformers, a folder's shortest length gives way to the longest one
  if (!min_length_given_())
    settings.min_new_tokens = std::min(settings.min_new_tokens, settings.max_new_tokens);
  check_generation_settings(settings, config.vocab_size);
  return settings;
}

}  // namespace dovetail
