// SPDX-License-Identifier: Apache-2.0
#include "text/token_numbering.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "text/listed_tokens.h"

namespace dovetail {

namespace {

std::string sentinel_name(int number) { return fmt::format("<extra_id_{}>", number); }

// Numbers added tokens and names special ids, on top of a model's pieces.
class Numbering {
 public:
  Numbering(VocabularyParts& parts, std::string where) : parts_(parts), where_(std::move(where)) {
    for (size_t id = 0; id < parts_.pieces.size(); ++id) {
      ids_.try_emplace(parts_.pieces[id], static_cast<int32_t>(id));
    }
  }

  // A token that may have an id. The id of a piece of the same text counts before the given one,
  // and one without either becomes the next.
  void add(AddedToken token) {
    if (!contents_.insert(token.content).second) return;
    if (const auto piece = ids_.find(token.content); piece != ids_.end()) {
      if (token.id >= 0 && token.id != piece->second) clash(token, piece->second);
      token.id = piece->second;
    }
    if (token.id < 0) token.id = static_cast<int32_t>(parts_.pieces.size());
    if (token.id >= std::ssize(parts_.pieces)) parts_.pieces.resize(token.id + 1);
    std::string& piece = parts_.pieces[token.id];
    if (!piece.empty() && piece != token.content) clash(token, token.id);
    piece = token.content;
    ids_[token.content] = token.id;
    parts_.added.push_back(std::move(token));
  }

  std::optional<int32_t> find(const std::string& content) const {
    const auto found = ids_.find(content);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }

  // The id of a special token: of its text in the tokenizer's files, else as the model says.
  int32_t special_id(const std::optional<std::string>& named, int32_t of_model,
                     const std::string& default_text) const {
    if (named) {
      if (const auto id = find(*named)) return *id;
    }
    return of_model >= 0 ? of_model : find(default_text).value_or(-1);
  }

 private:
  [[noreturn]] void clash(const AddedToken& token, int32_t id) const {
    throw_<DataError>(
        "{}: its files give the token \"{}\" the id {}, but \"{}\" has the id {} in its "
        "vocabulary; do they belong together?",
        where_, token.content, token.id, parts_.pieces[id], id);
  }

  VocabularyParts& parts_;
  std::string where_;
  std::unordered_map<std::string, int32_t> ids_;
  std::unordered_set<std::string> contents_;  // of parts_.added
};

// Sentinels stand on top of the model's pieces, numbered downwards from the highest id, those of
// bytes upwards.
void add_sentinels(int count, int32_t base, Numbering& numbering, const VocabularyParts& parts) {
  for (int i = 0; i < count; ++i) {
    const int number = parts.is_bytes ? i : count - 1 - i;
    numbering.add({.id = base + i, .content = sentinel_name(number), .special = true});
  }
}

void find_sentinels(const Numbering& numbering, VocabularyParts& parts) {
  for (int number = 0;; ++number) {
    // mT5's pieces hold them with the mark of a space
    auto id = numbering.find(sentinel_name(number));
    if (!id) id = numbering.find("\u2581" + sentinel_name(number));
    if (!id) break;
    parts.sentinels.push_back(*id);
  }
}

void mark_controls(VocabularyParts& parts) {
  const SpecialIds& special = parts.special;
  for (AddedToken& token : parts.added) {
    token.is_control = token.id == special.pad || token.id == special.eos ||
                       token.id == special.unk || token.id == special.bos ||
                       sentinel_number(token.content) >= 0;
  }
}

void check_special_ids(const SpecialIds& special, const std::string& where) {
  if (special.pad >= 0 && special.eos >= 0 && special.pad != special.eos) return;
  throw_<DataError>(
      "{}: expected a padding token and another one that ends a text, found the ids {} and {} (-1: "
      "none); train a SentencePiece model with --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1, or "
      "name \"pad_token\" and \"eos_token\" in tokenizer_config.json",
      where, special.pad, special.eos);
}

void name_special_ids(const TokenizerFolder& found, const SpecialIds& of_model,
                      const std::string& where, Numbering& numbering, VocabularyParts& parts) {
  parts.special = {numbering.special_id(found.pad_token, of_model.pad, "<pad>"),
                   numbering.special_id(found.eos_token, of_model.eos, "</s>"),
                   numbering.special_id(found.unk_token, of_model.unk, "<unk>"), of_model.bos};
  if (found.bos_token) parts.special.bos = numbering.find(*found.bos_token);
  check_special_ids(parts.special, where);
  for (const int32_t id : {parts.special.pad, parts.special.eos, parts.special.unk}) {
    if (id < 0) continue;
    // ByT5Tokenizer takes the whitespace around these three
    numbering.add({.id = id,
                   .content = parts.pieces[id],
                   .lstrip = parts.is_bytes,
                   .rstrip = parts.is_bytes,
                   .special = true});
  }
}

}  // namespace

void number_tokens(const TokenizerFolder& found, SpecialIds of_model, const std::string& where,
                   VocabularyParts& parts) {
  const auto num_model_pieces = static_cast<int32_t>(parts.pieces.size());
  Numbering numbering(parts, where);
  for (const AddedToken& token : found.added_tokens) {
    if (token.id >= 0) numbering.add(token);
  }
  const bool has_sentinels = numbering.find(sentinel_name(0)) ||
                             numbering.find("\u2581" + sentinel_name(0)) ||
                             found.kind == TokenizerFolder::Kind::json;
  if (!has_sentinels) add_sentinels(found.num_sentinels, num_model_pieces, numbering, parts);
  // Bytes begin with <pad>, </s> and <unk>, whose flags name_special_ids knows.
  const auto is_of_bytes = [&](const AddedToken& token) {
    return parts.is_bytes && numbering.find(token.content).value_or(3) < 3;
  };
  for (const AddedToken& token : found.added_tokens) {
    if (token.id < 0 && !is_of_bytes(token)) numbering.add(token);
  }
  name_special_ids(found, of_model, where, numbering, parts);
  parts.num_own = static_cast<int64_t>(parts.pieces.size());
  for (const std::string& content : found.new_tokens) {
    numbering.add({.id = -1, .content = content});
  }
  find_sentinels(numbering, parts);
  mark_controls(parts);
  if (parts.frame.before.empty() && parts.frame.after.empty()) {
    parts.frame.after = {parts.special.eos};
  }
}

}  // namespace dovetail
