// SPDX-License-Identifier: Apache-2.0
#include "text/vocabulary_parts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "text/byte_encoder.h"
#include "text/hugging_face_json.h"
#include "text/listed_tokens.h"
#include "text/spiece_encoder.h"
#include "text/spiece_model.h"
#include "text/tokenizer_folder.h"
#include "text/utf8.h"

namespace dovetail {

namespace fs = std::filesystem;

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
    if (std::ranges::find(parts_.added, token.content, &AddedToken::content) != parts_.added.end())
      return;
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
        "vocabulary; "
        "do they belong together?",
        where_, token.content, token.id, parts_.pieces[id], id);
  }

  VocabularyParts& parts_;
  std::string where_;
  std::unordered_map<std::string, int32_t> ids_;
};

// Sentinels are numbered downwards from the top, those of bytes upwards.
void add_sentinels(int count, Numbering& numbering, VocabularyParts& parts) {
  const auto base = static_cast<int32_t>(parts.pieces.size());
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

// Tokens of the folder's files, sentinels that no file numbers, special ids and frame.
void finish(const TokenizerFolder& found, SpecialIds of_model, const std::string& where,
            VocabularyParts& parts) {
  Numbering numbering(parts, where);
  for (const AddedToken& token : found.added_tokens) {
    if (token.id >= 0) numbering.add(token);
  }
  const bool has_sentinels = numbering.find(sentinel_name(0)) ||
                             numbering.find("\u2581" + sentinel_name(0)) ||
                             found.kind == TokenizerFolder::Kind::json;
  if (!has_sentinels) add_sentinels(found.num_sentinels, numbering, parts);
  for (const AddedToken& token : found.added_tokens) {
    if (token.id < 0) numbering.add(token);
  }
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
  find_sentinels(numbering, parts);
  mark_controls(parts);
  if (parts.frame.before.empty() && parts.frame.after.empty()) {
    parts.frame.after = {parts.special.eos};
  }
}

// Adds what is beyond T5's own special tokens to the hash of a model's pieces.
void extend_hash(size_t num_pieces, int num_sentinels, VocabularyParts& parts) {
  const SpecialIds& special = parts.special;
  std::string text = fmt::format("special {} {} {} {}\n", special.pad, special.eos, special.unk,
                                 special.bos.value_or(-1));
  bool is_plain = special.pad == 0 && special.eos == 1 && special.unk == 2;
  for (const AddedToken& token : parts.added) {
    text += fmt::format("{} {} {}{}{}{} {}\n", token.id, token.content.size(), token.single_word,
                        token.lstrip, token.rstrip, token.normalized, token.content);
    is_plain &= token.is_control;
  }
  is_plain &= parts.pieces.size() == num_pieces + num_sentinels;
  if (!is_plain) parts.content_hash = content_hash(parts.content_hash + "\n" + text);
}

VocabularyParts spiece_parts(const std::string& bytes, const TokenizerFolder& found,
                             const std::string& where) {
  VocabularyParts parts;
  const SpieceModel model = read_spiece_model(bytes, where);
  auto encoder = std::make_unique<SpieceEncoder>(bytes, where);
  for (int32_t id = 0; id < encoder->num_pieces(); ++id) parts.pieces.push_back(encoder->piece(id));
  const size_t num_pieces = parts.pieces.size();
  SpecialIds special = encoder->special_ids();
  special.bos.reset();  // T5 puts nothing before a text
  parts.encoder = std::move(encoder);
  finish(found, special, where, parts);
  const bool are_inside = !parts.sentinels.empty() && parts.sentinels[0] < std::ssize(model.pieces);
  const int on_top = are_inside ? 0 : static_cast<int>(parts.sentinels.size());
  parts.content_hash = content_hash(model, on_top);
  extend_hash(num_pieces, on_top, parts);
  parts.files = found.files;
  parts.files["spiece.model"] = bytes;
  if (!parts.files.contains("tokenizer.json")) {
    const std::string json = hugging_face_json(model, parts.added, parts.special);
    if (!json.empty()) parts.files["tokenizer.json"] = json;
  }
  if (!parts.files.contains("tokenizer_config.json")) {
    // T5Tokenizer of transformers 5.23 takes the piece 2 for the unknown one
    const char* name = parts.special.unk == 2 ? "T5Tokenizer" : "PreTrainedTokenizerFast";
    parts.files["tokenizer_config.json"] = tokenizer_config_json(name, on_top);
  }
  return parts;
}

VocabularyParts byte_parts(const TokenizerFolder& found, const std::string& where) {
  VocabularyParts parts;
  parts.is_bytes = true;
  parts.encoder = std::make_unique<ByteEncoder>();
  parts.pieces = {"<pad>", "</s>", "<unk>"};
  for (int byte = 0; byte < 256; ++byte) {
    parts.pieces.push_back(byte > 0x20 && byte < 0x7F ? std::string(1, static_cast<char>(byte))
                                                      : fmt::format("<0x{:02X}>", byte));
  }
  finish(found, {}, where, parts);
  const int count = static_cast<int>(parts.sentinels.size());
  parts.content_hash = content_hash(fmt::format("bytes, sentinels {}", count));
  extend_hash(ByteEncoder::kNumPieces, count, parts);
  parts.files = found.files;
  if (!parts.files.contains("tokenizer_config.json")) {
    parts.files["tokenizer_config.json"] = tokenizer_config_json("ByT5Tokenizer", count);
  }
  return parts;
}

VocabularyParts json_parts(TokenizerFolder found, const std::string& where) {
  VocabularyParts parts;
  const nlohmann::json json = nlohmann::json::parse(found.files.at("tokenizer.json"));
  TokenizerJson read = tokenizer_json_from(json, where);
  parts.encoder = std::move(read.encoder);
  parts.pieces = std::move(read.pieces);
  parts.normalize = [step = read.normalize](std::string_view text) {
    std::string valid;
    repair_utf8(text, "\uFFFD", valid);
    return step(std::move(valid));
  };
  if (read.frame) parts.frame = std::move(*read.frame);
  found.added_tokens.insert(found.added_tokens.begin(), read.added_tokens.begin(),
                            read.added_tokens.end());
  finish(found, {-1, -1, read.unk_id.value_or(-1), std::nullopt}, where, parts);
  std::string what;
  for (const char* part : {"normalizer", "pre_tokenizer", "post_processor", "model"}) {
    what += json.value(part, nlohmann::json()).dump() + "\n";
  }
  parts.content_hash = content_hash(what);
  extend_hash(parts.pieces.size() + 1, 0, parts);  // always: T5's numbers mean nothing here
  parts.files = std::move(found.files);
  return parts;
}

TokenizerFolder plain_folder(TokenizerFolder::Kind kind, int num_sentinels) {
  if (num_sentinels < 0)
    throw_<ConfigError>("expected 0 sentinels or more, found {}", num_sentinels);
  TokenizerFolder folder;
  folder.kind = kind;
  folder.num_sentinels = num_sentinels;
  return folder;
}

}  // namespace

VocabularyParts parts_of_spiece(const fs::path& model, int num_sentinels) {
  const TokenizerFolder plain = plain_folder(TokenizerFolder::Kind::spiece, num_sentinels);
  if (!fs::is_regular_file(model)) {
    throw_<DataError>("{}: no such file; expected a SentencePiece model (spiece.model)",
                      model.string());
  }
  VocabularyParts parts = spiece_parts(read_file(model), plain, model.string());
  if (num_sentinels > 0 && std::ssize(parts.sentinels) != num_sentinels) {
    throw_<DataError>(
        "{}: <extra_id_0> is one of its pieces; expected a model without sentinels, "
        "which are numbered on top of the pieces",
        model.string());
  }
  return parts;
}

VocabularyParts parts_of_bytes(int num_sentinels) {
  return byte_parts(plain_folder(TokenizerFolder::Kind::bytes, num_sentinels), "bytes");
}

VocabularyParts parts_of_folder(const fs::path& folder) {
  TokenizerFolder found = read_tokenizer_folder(folder);
  const int64_t model_vocabulary = found.model_vocabulary;
  VocabularyParts parts;
  switch (found.kind) {
    case TokenizerFolder::Kind::bytes: parts = byte_parts(found, folder.string()); break;
    case TokenizerFolder::Kind::spiece:
      parts =
          spiece_parts(found.files.at("spiece.model"), found, (folder / "spiece.model").string());
      break;
    case TokenizerFolder::Kind::json:
      parts = json_parts(std::move(found), (folder / "tokenizer.json").string());
      break;
  }
  if (model_vocabulary >= 0 && model_vocabulary < std::ssize(parts.pieces)) {
    throw_<DataError>(
        "{}: vocab_size is {}, but the folder's vocabulary has {} ids ({} of them "
        "sentinels); expected at least as many. Do the files belong together?",
        (folder / "config.json").string(), model_vocabulary, parts.pieces.size(),
        parts.sentinels.size());
  }
  return parts;
}

}  // namespace dovetail
