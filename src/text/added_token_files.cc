// SPDX-License-Identifier: Apache-2.0
#include "text/added_token_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/added_token_json.h"

namespace dovetail {

namespace {

// Changes one file in place; `change` gets its JSON.
template <typename Change>
void edit_json(std::string& bytes, Change change) {
  auto json = nlohmann::ordered_json::parse(bytes);
  change(json);
  bytes = json.dump(2) + "\n";
}

bool has_content(const nlohmann::ordered_json& list, const std::string& content) {
  return std::ranges::any_of(
      list, [&](const auto& token) { return token.value("content", "") == content; });
}

}  // namespace

void write_added_tokens(const std::vector<AddedToken>& tokens,
                        std::map<std::string, std::string>& files) {
  if (const auto file = files.find("tokenizer.json"); file != files.end()) {
    edit_json(file->second, [&](nlohmann::ordered_json& json) {
      for (const AddedToken& token : tokens) {
        nlohmann::ordered_json& list = json["added_tokens"];
        if (!has_content(list, token.content)) list.push_back(added_token_json(token));
      }
    });
  }
  if (const auto file = files.find("tokenizer_config.json"); file != files.end()) {
    edit_json(file->second, [&](nlohmann::ordered_json& json) {
      if (!json.contains("added_tokens_decoder")) return;
      for (const AddedToken& token : tokens) {
        nlohmann::ordered_json entry = added_token_json(token);
        entry.erase("id");
        json["added_tokens_decoder"][std::to_string(token.id)] = std::move(entry);
      }
    });
  }
  std::string& bytes = files.try_emplace("added_tokens.json", "{}").first->second;
  edit_json(bytes, [&](nlohmann::ordered_json& json) {
    for (const AddedToken& token : tokens) json[token.content] = token.id;
  });
}

}  // namespace dovetail
