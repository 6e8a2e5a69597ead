// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/generation/generation_settings.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dovetail {

// The options of `generate` that have names of transformers' GenerationConfig. Those that are given
// override the generation_config.json of the model's folder.
class GenerationOptions {
 public:
  void add_to(CLI::App& command);  // once; *this must not move any more

  // What the folder and the command line ask for together. Throws ConfigError for settings that are
  // invalid or do not fit together.
  GenerationSettings settings(const T5Config& config, const std::string& folder) const;

 private:
  void add_search(CLI::App& command);
  void add_sampling(CLI::App& command);
  template <typename T>
  CLI::Option* add(CLI::App& command, const std::string& name, T GenerationSettings::*field,
                   const std::string& about);
  void keep(CLI::Option* option, std::function<void(GenerationSettings&)> copy);

  GenerationSettings given_;
  std::vector<std::function<void(GenerationSettings&)>> overrides_;
  std::function<bool()> samples_given_, min_length_given_;
};

}  // namespace dovetail
