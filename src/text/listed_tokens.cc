// SPDX-License-Identifier: Apache-2.0
#include "text/listed_tokens.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "text/token_id.h"

namespace dovetail {

namespace {

constexpr const char* kNamedTokens[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                        "pad_token", "cls_token", "mask_token"};
constexpr const char* kTokenLists[] = {"additional_special_tokens", "extra_special_tokens",
                                       "model_specific_special_tokens"};

void add_new(AddedToken token, std::vector<AddedToken>& tokens) {
  if (token.content.empty()) return;
  if (std::ranges::find(tokens, token.content, &AddedToken::content) == tokens.end()) {
    tokens.push_back(std::move(token));
  }
}

// A token of a name or a list, which has no id. `token` is a string or an object.
void add_unnumbered(const nlohmann::json& token, std::vector<AddedToken>& tokens) {
  const std::optional<std::string> content = token_content(token);
  if (!content) return;
  if (token.is_object()) {
    AddedToken read = added_token_from(token, -1);
    read.special = true;
    add_new(std::move(read), tokens);
  } else {
    add_new({.id = -1, .content = *content, .special = true}, tokens);
  }
}

void add_numbered(const nlohmann::json& config, const nlohmann::json& added,
                  const std::string& where, std::vector<AddedToken>& tokens) {
  std::vector<AddedToken> numbered;
  if (const auto decoder = config.find("added_tokens_decoder");
      decoder != config.end() && decoder->is_object()) {
    for (const auto& [id, token] : decoder->items()) {
      AddedToken read = added_token_from(token, -1);
      read.id = token_id_of_key(id, read.content, where);
      add_new(std::move(read), numbered);
    }
  }
  for (const auto& [content, id] : added.items()) {
    add_new({.id = token_id(id, content, where), .content = content}, numbered);
  }
  std::ranges::stable_sort(numbered, {}, &AddedToken::id);
  for (AddedToken& token : numbered) add_new(std::move(token), tokens);
}

}  // namespace

std::optional<std::string> token_content(const nlohmann::json& token) {
  const nlohmann::json content =
      token.is_object() ? token.value("content", nlohmann::json()) : token;
  if (!content.is_string()) return std::nullopt;
  return content.get<std::string>();
}

AddedToken numbered_token_from(const nlohmann::json& json, const std::string& where) {
  AddedToken token = added_token_from(json, -1);
  token.id = token_id(json.at("id"), token.content, where);
  return token;
}

AddedToken added_token_from(const nlohmann::json& json, int32_t id) {
  return {.id = id,
          .content = json.at("content").get<std::string>(),
          .single_word = json.value("single_word", false),
          .lstrip = json.value("lstrip", false),
          .rstrip = json.value("rstrip", false),
          .normalized = json.value("normalized", false),
          .special = json.value("special", false)};
}

std::vector<AddedToken> listed_tokens(const nlohmann::json& tokenizer_config,
                                      const nlohmann::json& special_tokens_map,
                                      const nlohmann::json& added_tokens,
                                      const std::string& where) {
  std::vector<AddedToken> tokens;
  add_numbered(tokenizer_config, added_tokens, where, tokens);
  for (const nlohmann::json* file : {&tokenizer_config, &special_tokens_map}) {
    for (const char* name : kNamedTokens) {
      if (file->contains(name)) add_unnumbered(file->at(name), tokens);
    }
    for (const char* name : kTokenLists) {
      const auto list = file->find(name);
      // a list, or in 4.57 an object of names and tokens
      if (list == file->end() || !list->is_structured()) continue;
      for (const auto& [key, token] : list->items()) add_unnumbered(token, tokens);
    }
  }
  return tokens;
}

int sentinel_number(std::string_view content) {
  constexpr std::string_view kPrefix = "<extra_id_";
  if (!content.starts_with(kPrefix) || !content.ends_with('>')) return -1;
  const std::string_view digits =
      content.substr(kPrefix.size(), content.size() - kPrefix.size() - 1);
  int number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size() &&
                         digits[0] != '-' && (digits.size() == 1 || digits[0] != '0');
  return is_number ? number : -1;
}

}  // namespace dovetail
