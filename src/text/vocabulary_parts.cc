// SPDX-License-Identifier: Apache-2.0
#include "text/vocabulary_parts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "text/added_token_files.h"
#include "text/byte_encoder.h"
#include "text/hugging_face_json.h"
#include "text/spiece_encoder.h"
#include "text/spiece_model.h"
#include "text/token_numbering.h"
#include "text/tokenizer_folder.h"
#include "text/utf8.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// Adds what is beyond T5's own special tokens to the hash of a model's pieces.
void extend_hash(size_t num_pieces, int num_sentinels, VocabularyParts& parts) {
  const SpecialIds& special = parts.special;
  std::string text = fmt::format("special {} {} {} {}\n", special.pad, special.eos, special.unk,
                                 special.bos.value_or(-1));
  bool is_plain = special.pad == 0 && special.eos == 1 && special.unk == 2;
  std::vector<AddedToken> by_id = parts.added;  // their order in the files decides nothing
  std::ranges::sort(by_id, {}, &AddedToken::id);
  for (const AddedToken& token : by_id) {
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
  number_tokens(found, special, where, parts);
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
  number_tokens(found, {}, where, parts);
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
  number_tokens(found, {-1, -1, read.unk_id.value_or(-1), std::nullopt}, where, parts);
  std::string what;
  for (const char* part : {"normalizer", "pre_tokenizer", "post_processor", "model"}) {
    what += json.value(part, nlohmann::json()).dump() + "\n";
  }
  parts.content_hash = content_hash(what);
  extend_hash(parts.pieces.size() + 1, 0, parts);  // always: T5's numbers mean nothing here
  parts.files = std::move(found.files);
  return parts;
}

// Puts the tokens of a sweep into the files that Vocabulary::save writes.
void write_new_tokens(const std::vector<std::string>& contents, VocabularyParts& parts) {
  std::vector<AddedToken> tokens;
  for (const AddedToken& token : parts.added) {
    if (std::ranges::find(contents, token.content) != contents.end()) tokens.push_back(token);
  }
  if (!tokens.empty()) write_added_tokens(tokens, parts.files);
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

VocabularyParts parts_of_spiece(const fs::path& model, int num_sentinels,
                                const std::vector<std::string>& add_tokens) {
  TokenizerFolder plain = plain_folder(TokenizerFolder::Kind::spiece, num_sentinels);
  plain.new_tokens = add_tokens;
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
  write_new_tokens(add_tokens, parts);
  return parts;
}

VocabularyParts parts_of_bytes(int num_sentinels, const std::vector<std::string>& add_tokens) {
  TokenizerFolder plain = plain_folder(TokenizerFolder::Kind::bytes, num_sentinels);
  plain.new_tokens = add_tokens;
  VocabularyParts parts = byte_parts(plain, "bytes");
  write_new_tokens(add_tokens, parts);
  return parts;
}

VocabularyParts parts_of_folder(const fs::path& folder,
                                const std::vector<std::string>& add_tokens) {
  TokenizerFolder found = read_tokenizer_folder(folder);
  found.new_tokens = add_tokens;
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
  if (model_vocabulary >= 0 && model_vocabulary < parts.num_own) {
    throw_<DataError>(
        "{}: vocab_size is {}, but the folder's vocabulary has {} ids ({} of them "
        "sentinels); expected at least as many. Do the files belong together?",
        (folder / "config.json").string(), model_vocabulary, parts.num_own, parts.sentinels.size());
  }
  write_new_tokens(add_tokens, parts);
  return parts;
}

}  // namespace dovetail
