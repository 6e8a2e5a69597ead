// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_folder.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

Json read_json(const fs::path& file) {
  if (!fs::is_regular_file(file)) return Json::object();
  try {
    Json json = Json::parse(read_file(file));
    if (!json.is_object()) throw_<DataError>("{}: expected a JSON object", file.string());
    return json;
  } catch (const Json::exception& error) {
    throw_<DataError>("{}: expected JSON: {}", file.string(), error.what());
  }
}

// Counts the <extra_id_K> in a list of special tokens, whose elements are strings or objects with
// "content". The list is called additional_special_tokens up to version 4 of transformers and
// extra_special_tokens since.
int count_listed_sentinels(const Json& config) {
  std::set<std::string> sentinels;
  for (const char* member : {"additional_special_tokens", "extra_special_tokens"}) {
    const auto list = config.find(member);
    if (list == config.end() || !list->is_array()) continue;
    for (const Json& token : *list) {
      const Json content = token.is_object() ? token.value("content", Json()) : token;
      if (!content.is_string()) continue;
      const std::string name = content.get<std::string>();
      if (name.starts_with("<extra_id_")) sentinels.insert(name);
    }
  }
  return static_cast<int>(sentinels.size());
}

int count_sentinels(const Json& config, bool is_bytes, const fs::path& file) {
  // The list first: ByT5Tokenizer saves "extra_ids": 0 beside a list of all its sentinels.
  if (const int listed = count_listed_sentinels(config); listed > 0) return listed;
  const auto member = config.find("extra_ids");
  if (member == config.end() || member->is_null()) return is_bytes ? 125 : 100;
  const int64_t count = member->is_number_integer() ? member->get<int64_t>() : -1;
  if (count < 0 || count > 1'000'000) {
    throw_<DataError>("{}: expected a number of sentinels in extra_ids, found {}", file.string(),
                      member->dump());
  }
  return static_cast<int>(count);
}

bool names_byt5(const Json& json) {
  const auto name = json.find("tokenizer_class");
  return name != json.end() && name->is_string() && name->get<std::string>().starts_with("ByT5");
}

}  // namespace

TokenizerFolder read_tokenizer_folder(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw_<DataError>(
        "{}: no such folder; expected one with config.json, model.safetensors and "
        "spiece.model",
        folder.string());
  }
  const fs::path config_file = folder / "tokenizer_config.json";
  const Json tokenizer_config = read_json(config_file);
  const Json model_config = read_json(folder / "config.json");
  TokenizerFolder found;
  found.is_bytes = !fs::exists(folder / "spiece.model");
  if (found.is_bytes && !names_byt5(tokenizer_config) && !names_byt5(model_config)) {
    throw_<DataError>(
        "{}: expected spiece.model, or a tokenizer_config.json that names ByT5Tokenizer; found "
        "neither{}",
        folder.string(),
        fs::exists(folder / "tokenizer.json")
            ? ". Its tokenizer.json alone is not read: copy spiece.model from the model's source"
            : "");
  }
  found.num_sentinels = count_sentinels(tokenizer_config, found.is_bytes, config_file);
  const auto size = model_config.find("vocab_size");
  if (size != model_config.end() && size->is_number_integer())
    found.model_vocabulary = size->get<int64_t>();
  return found;
}

std::string tokenizer_config_json(bool is_bytes, int num_sentinels) {
  const nlohmann::ordered_json json = {
      {"tokenizer_class", is_bytes ? "ByT5Tokenizer" : "T5Tokenizer"},
      {"eos_token", "</s>"},
      {"pad_token", "<pad>"},
      {"unk_token", "<unk>"},
      {"extra_ids", num_sentinels},
      // without it older versions of transformers encode text after a sentinel differently
      {"legacy", false}};
  return json.dump(2) + "\n";
}

}  // namespace dovetail
