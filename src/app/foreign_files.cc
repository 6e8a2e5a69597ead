// SPDX-License-Identifier: Apache-2.0
#include "app/foreign_files.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "model/causal_config_file.h"
#include "model/config_file.h"
#include "model/generation_config_file.h"
#include "text/tokenizer_keys.h"
#include "tuning/adapter_keys.h"

namespace dovetail {

namespace {

// "refused unless `false`": null is always neutral.
std::string use_text(const ForeignKey& key) {
  if (key.use != KeyUse::kRefused) return key_use_text(key.use);
  std::string values;
  for (const auto& value : nlohmann::json::parse(key.neutral))
    values += fmt::format("{}`{}`", values.empty() ? "" : ", ", value.dump());
  return values.empty() ? key_use_text(key.use) : fmt::format("refused unless {}", values);
}

}  // namespace

std::vector<const ForeignFile*> foreign_files() {
  std::vector<const ForeignFile*> files = {&config_file(),
                                           &llama_config_file(),
                                           &gpt2_config_file(),
                                           &generation_config_file(),
                                           &tokenizer_json_keys(),
                                           &tokenizer_config_keys(),
                                           &special_tokens_map_keys()};
  for (const ForeignFile& file : adapter_files()) files.push_back(&file);
  return files;
}

std::string foreign_keys_markdown() {
  std::string text;
  for (const ForeignFile* file : foreign_files()) {
    text += fmt::format("{}### {}\n\n| key | use | meaning |\n|---|---|---|\n",
                        text.empty() ? "" : "\n", file->name);
    for (const ForeignKey& key : file->keys)
      text += fmt::format("| `{}` | {} | {} |\n", key.name, use_text(key), key.doc);
  }
  return text;
}

}  // namespace dovetail
