// SPDX-License-Identifier: Apache-2.0
#include "jobs/checkpoint_ids.h"

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/log.h"
#include "base/names.h"
#include "model/checkpoints/folder_configs.h"
#include "model/generation/generation_config.h"

namespace dovetail {

void check_checkpoint_ids(const std::filesystem::path& folder, const Vocabulary& vocabulary) {
  const T5Config config = read_folder_configs(folder).config;
  GenerationSettings settings;
  apply_model_ids(config, settings);
  const int32_t end = vocabulary.special_ids().eos;
  if (!settings.is_end(end)) {
    throw_<ConfigError>(
        "{}: its tokenizer ends texts with id {}, but its eos_token_id is {}: expected the "
        "tokenizer's end among them, or no answer that a model learns would end. Correct "
        "eos_token_id in generation_config.json (or config.json), or the tokenizer",
        folder.string(), end, fmt::join(settings.eos_token_id, ", "));
  }
  const std::vector<std::string> aside = settings_set_aside(config);
  if (aside.empty()) return;
  log_warning(
      "{}: [evaluate] says how answers are decoded, so these settings of the folder's generation "
      "config are set aside: {}",
      folder.string(), join(aside, ", "));
}

}  // namespace dovetail
