// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_folder.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/foreign_json.h"
#include "base/log.h"
#include "text/listed_tokens.h"
#include "text/spiece_model.h"
#include "text/tokenizer_keys.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kTokenizerFiles[] = {"spiece.model", "tokenizer.json",
                                           "tokenizer_config.json", "special_tokens_map.json",
                                           "added_tokens.json"};

// The JSON files that belong to one tokenizer; an empty object stands for a missing one.
struct TokenizerJsonFiles {
  Json config, special_tokens_map, added_tokens, tokenizer, model;
};

Json parse_object(const fs::path& file, const std::string& bytes) {
  try {
    Json json = Json::parse(bytes);
    if (!json.is_object()) throw_<DataError>("{}: expected a JSON object", file.string());
    return json;
  } catch (const Json::exception& error) {
    throw_<DataError>("{}: expected JSON: {}", file.string(), error.what());
  }
}

TokenizerJsonFiles read_json_files(const fs::path& folder, TokenizerFolder& found) {
  for (const char* name : kTokenizerFiles) {
    if (fs::is_regular_file(folder / name)) found.files[name] = read_file(folder / name);
  }
  const auto json_of = [&](const char* name) {
    const auto file = found.files.find(name);
    return file == found.files.end() ? Json::object() : parse_object(folder / name, file->second);
  };
  TokenizerJsonFiles files = {json_of("tokenizer_config.json"), json_of("special_tokens_map.json"),
                              json_of("added_tokens.json"), json_of("tokenizer.json"),
                              Json::object()};
  const fs::path config = folder / "config.json";
  if (fs::is_regular_file(config)) files.model = parse_object(config, read_file(config));
  const auto check = [&](const ForeignFile& keys, const Json& json) {
    note_unknown_keys(check_foreign_keys(keys, json, folder / keys.name), folder / keys.name);
  };
  check(tokenizer_config_keys(), files.config);
  check(special_tokens_map_keys(), files.special_tokens_map);
  return files;
}

int count_sentinels(const Json& config, const std::vector<AddedToken>& tokens, bool is_bytes,
                    const fs::path& file) {
  // The tokens first: ByT5Tokenizer saves "extra_ids": 0 beside a list of all its sentinels.
  const auto listed = std::ranges::count_if(
      tokens, [](const AddedToken& token) { return sentinel_number(token.content) >= 0; });
  if (listed > 0) return static_cast<int>(listed);
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

// The first piece of spiece.model that tokenizer.json has not at the same id; "" where it has all.
std::string first_difference(const TokenizerFolder& found, const Json& tokenizer,
                             const fs::path& folder) {
  const SpieceModel spiece =
      read_spiece_model(found.files.at("spiece.model"), (folder / "spiece.model").string());
  const Json vocabulary = tokenizer.value("model", Json::object()).value("vocab", Json());
  for (size_t id = 0; id < spiece.pieces.size(); ++id) {
    const std::string piece(spiece.pieces[id].text);
    if (vocabulary.is_array()) {
      const bool is_same = id < vocabulary.size() && vocabulary[id].is_array() &&
                           vocabulary[id].size() == 2 && vocabulary[id][0] == piece;
      if (!is_same) return piece;
    } else if (!vocabulary.is_object() || vocabulary.value(piece, Json()) != id) {
      return piece;
    }
  }
  return "";
}

TokenizerFolder::Kind kind_of(const TokenizerFolder& found, const TokenizerJsonFiles& files,
                              const fs::path& folder) {
  using Kind = TokenizerFolder::Kind;
  const bool has_json = found.files.contains("tokenizer.json");
  if (found.files.contains("spiece.model")) {
    const std::string piece = has_json ? first_difference(found, files.tokenizer, folder) : "";
    if (piece.empty()) return Kind::spiece;
    log_warning(
        "{}: spiece.model and tokenizer.json hold different pieces (the first is \"{}\" of "
        "spiece.model); tokenizer.json counts, as in transformers",
        folder.string(), piece);
    return Kind::json;
  }
  if (names_byt5(files.config) || names_byt5(files.model)) return Kind::bytes;
  if (has_json) return Kind::json;
  throw_<DataError>(
      "{}: expected spiece.model, tokenizer.json, or a tokenizer_config.json that names "
      "ByT5Tokenizer; found none of them",
      folder.string());
}

// Of tokenizer_config.json, else of special_tokens_map.json.
std::optional<std::string> named_token(const TokenizerJsonFiles& files, const char* name) {
  for (const Json* file : {&files.config, &files.special_tokens_map}) {
    if (!file->contains(name)) continue;
    if (const auto content = token_content(file->at(name))) return content;
  }
  return std::nullopt;
}

// Added tokens that tokenizer.json numbers count beside spiece.model, too.
std::vector<AddedToken> tokens_of(const TokenizerJsonFiles& files, TokenizerFolder::Kind kind,
                                  const std::string& where) {
  std::vector<AddedToken> tokens;
  if (kind == TokenizerFolder::Kind::spiece) {
    for (const Json& token : files.tokenizer.value("added_tokens", Json::array())) {
      tokens.push_back(numbered_token_from(token, where));
    }
  }
  for (AddedToken& token :
       listed_tokens(files.config, files.special_tokens_map, files.added_tokens, where)) {
    if (std::ranges::find(tokens, token.content, &AddedToken::content) == tokens.end()) {
      tokens.push_back(std::move(token));
    }
  }
  return tokens;
}

}  // namespace

TokenizerFolder read_tokenizer_folder(const fs::path& folder) try {
  if (!fs::is_directory(folder)) {
    throw_<DataError>(
        "{}: no such folder; expected one with config.json, model.safetensors and spiece.model or "
        "tokenizer.json",
        folder.string());
  }
  TokenizerFolder found;
  const TokenizerJsonFiles files = read_json_files(folder, found);
  found.kind = kind_of(found, files, folder);
  found.added_tokens = tokens_of(files, found.kind, folder.string());
  found.num_sentinels =
      count_sentinels(files.config, found.added_tokens, found.kind == TokenizerFolder::Kind::bytes,
                      folder / "tokenizer_config.json");
  found.pad_token = named_token(files, "pad_token");
  found.eos_token = named_token(files, "eos_token");
  found.unk_token = named_token(files, "unk_token");
  found.bos_token = named_token(files, "bos_token");
  const auto size = files.model.find("vocab_size");
  if (size != files.model.end() && size->is_number_integer())
    found.model_vocabulary = size->get<int64_t>();
  return found;
} catch (const Json::exception& error) {
  throw_<DataError>("{}: its tokenizer files are not as transformers writes them: {}",
                    folder.string(), error.what());
}

std::string tokenizer_config_json(const std::string& tokenizer_class, int num_sentinels) {
  const nlohmann::ordered_json json = {
      {"tokenizer_class", tokenizer_class},
      {"eos_token", "</s>"},
      {"pad_token", "<pad>"},
      {"unk_token", "<unk>"},
      {"extra_ids", num_sentinels},
      // without it older versions of transformers encode text after a sentinel differently
      {"legacy", false}};
  return json.dump(2) + "\n";
}

}  // namespace dovetail
