// SPDX-License-Identifier: Apache-2.0
#include "text/vocabulary.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <stdexcept>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "text/hugging_face_json.h"
#include "text/special_tokens.h"
#include "text/spiece_model.h"
#include "text/tokenizer_folder.h"
#include "text/utf8.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr int32_t kByteOffset = 3;  // ByT5: pad, </s> and <unk> come before the bytes
constexpr int32_t kNumByteIds = kByteOffset + 256;
constexpr std::string_view kSpaceMark = "\u2581";  // stands for a space in pieces
constexpr std::string_view kSpecialNames[] = {"<pad>", "</s>", "<unk>"};

// A long text is encoded in segments that end at the first space after so many bytes. SentencePiece
// 0.1 sums scores in single precision from the start of a text, and after some thousand pieces can
// no longer tell which of two segmentations is better (0.2 and transformers can).
constexpr size_t kSegmentBytes = 128;

std::string sentinel_name(int index) { return fmt::format("<extra_id_{}>", index); }

std::string with_spaces(std::string_view piece) {
  std::string text;
  for (size_t at = piece.find(kSpaceMark); at != piece.npos; at = piece.find(kSpaceMark)) {
    (text += piece.substr(0, at)) += ' ';
    piece.remove_prefix(at + kSpaceMark.size());
  }
  return text += piece;
}

std::string_view without_leading_whitespace(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    if (!character.valid || !is_whitespace(character.code_point)) break;
    text.remove_prefix(character.length);
  }
  return text;
}

std::string_view without_trailing_whitespace(std::string_view text) {
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character character = first_character(text.substr(at));
    at += character.length;
    if (!character.valid || !is_whitespace(character.code_point)) end = at;
  }
  return text.substr(0, end);
}

// Whether no piece spans a space, so that encoding segments separately gives the same pieces.
bool words_are_apart(const SpieceModel& model) {
  const auto holds_space = [](const SpieceModel::Piece& piece) {
    return piece.text.find(' ') != piece.text.npos ||
           piece.text.find(kSpaceMark, 1) != piece.text.npos;
  };
  return model.has_t5_whitespace() && std::ranges::none_of(model.pieces, holds_space);
}

// Embedding, padding and the end of generation rely on T5's special ids.
void check_special_ids(const sentencepiece::SentencePieceProcessor& processor,
                       const fs::path& file) {
  if (processor.pad_id() == 0 && processor.eos_id() == 1 && processor.unk_id() == 2) return;
  throw_<DataError>(
      "{}: expected T5's special ids (pad 0, </s> 1, unknown 2), found pad {}, </s> {}, unknown "
      "{}; train the model with --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1",
      file.string(), processor.pad_id(), processor.eos_id(), processor.unk_id());
}

}  // namespace

struct Vocabulary::State {
  std::string model_bytes;  // of spiece.model; empty for bytes
  sentencepiece::SentencePieceProcessor processor;
  bool is_bytes = false;
  bool words_are_apart = false;
  int32_t num_pieces = 0;  // ids below the sentinels
  int32_t num_sentinels = 0;
  std::string content_hash;
};

Vocabulary::Vocabulary(std::unique_ptr<State> state) : state_(std::move(state)) {}
Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;
Vocabulary::~Vocabulary() = default;

Vocabulary Vocabulary::from_file(const fs::path& model, int num_sentinels) {
  if (num_sentinels < 0)
    throw_<ConfigError>("expected 0 sentinels or more, found {}", num_sentinels);
  if (!fs::is_regular_file(model)) {
    throw_<DataError>("{}: no such file; expected a SentencePiece model (spiece.model)",
                      model.string());
  }
  auto state = std::make_unique<State>();
  state->model_bytes = read_file(model);
  const SpieceModel pieces = read_spiece_model(state->model_bytes, model.string());
  const auto status = state->processor.LoadFromSerializedProto(state->model_bytes);
  if (!status.ok()) {
    throw_<DataError>("{}: not a SentencePiece model ({})", model.string(), status.ToString());
  }
  check_special_ids(state->processor, model);
  if (num_sentinels > 0 && state->processor.PieceToId(sentinel_name(0)) != kUnknown) {
    throw_<DataError>(
        "{}: <extra_id_0> is one of its pieces; expected a model without sentinels, "
        "which are numbered on top of the pieces",
        model.string());
  }
  state->words_are_apart = words_are_apart(pieces);
  state->num_pieces = state->processor.GetPieceSize();
  state->num_sentinels = num_sentinels;
  state->content_hash = dovetail::content_hash(pieces, num_sentinels);
  return Vocabulary(std::move(state));
}

Vocabulary Vocabulary::bytes(int num_sentinels) {
  if (num_sentinels < 0)
    throw_<ConfigError>("expected 0 sentinels or more, found {}", num_sentinels);
  auto state = std::make_unique<State>();
  state->is_bytes = true;
  state->num_pieces = kNumByteIds;
  state->num_sentinels = num_sentinels;
  state->content_hash = dovetail::content_hash(fmt::format("bytes, sentinels {}", num_sentinels));
  return Vocabulary(std::move(state));
}

Vocabulary Vocabulary::from_folder(const fs::path& folder) {
  const TokenizerFolder found = read_tokenizer_folder(folder);
  Vocabulary vocabulary = found.is_bytes ? bytes(found.num_sentinels)
                                         : from_file(folder / "spiece.model", found.num_sentinels);
  if (found.model_vocabulary >= 0 && found.model_vocabulary < vocabulary.size()) {
    throw_<DataError>(
        "{}: vocab_size is {}, but the folder's vocabulary has {} ids ({} of them "
        "sentinels); expected at least as many. Do the files belong together?",
        (folder / "config.json").string(), found.model_vocabulary, vocabulary.size(),
        vocabulary.num_sentinels());
  }
  return vocabulary;
}

void Vocabulary::append_plain(std::string_view text, std::vector<int32_t>& ids) const {
  if (state_->is_bytes) {
    for (const char byte : text) ids.push_back(static_cast<uint8_t>(byte) + kByteOffset);
    return;
  }
  std::vector<int> pieces;
  while (!text.empty()) {
    const size_t space =
        state_->words_are_apart ? text.find(' ', std::min(kSegmentBytes, text.size())) : text.npos;
    const std::string_view segment = text.substr(0, space);
    const auto status = state_->processor.Encode({segment.data(), segment.size()}, &pieces);
    if (!status.ok())
      throw_<SystemError>("SentencePiece could not encode a text: {}", status.ToString());
    ids.insert(ids.end(), pieces.begin(), pieces.end());
    text.remove_prefix(std::min(text.size(), segment.size() + 1));
  }
}

std::vector<int32_t> Vocabulary::encode(std::string_view text) const {
  std::vector<int32_t> ids;
  append_plain(text, ids);
  return ids;
}

std::vector<int32_t> Vocabulary::encode_with_sentinels(std::string_view text) const {
  std::vector<int32_t> ids;
  bool strip_left = false;
  while (true) {
    const SpecialToken token = find_special_token(text, state_->num_sentinels);
    std::string_view before = text.substr(0, token.begin);
    if (strip_left) before = without_leading_whitespace(before);
    // ByT5Tokenizer strips the whitespace around pad, </s> and <unk>, but not around sentinels.
    const bool swallows = state_->is_bytes && token.sentinel < 0;
    if (swallows && token.found()) before = without_trailing_whitespace(before);
    append_plain(before, ids);
    if (!token.found()) return ids;
    ids.push_back(token.sentinel >= 0 ? sentinel(token.sentinel) : token.id);
    strip_left = swallows;
    text.remove_prefix(token.end);
  }
}

std::string Vocabulary::decode(std::span<const int32_t> ids) const {
  std::string text;
  bool is_first = true;
  for (const int32_t id : ids) {
    if (id < 0 || id >= size() || id == kPad || id == kEos) continue;
    if (id == kUnknown || sentinel_index(id) >= 0) {
      text += piece(id);
    } else if (state_->is_bytes) {
      text += static_cast<char>(id - kByteOffset);
    } else {
      const std::string& raw = state_->processor.IdToPiece(id);
      // byte pieces are written "<0x41>"
      std::string shown =
          state_->processor.IsByte(id)
              ? std::string(1, static_cast<char>(std::stoi(raw.substr(3, 2), nullptr, 16)))
              : with_spaces(raw);
      // the tokenizer put the space before the first word, not the text
      text += is_first ? shown.substr(std::min(shown.find_first_not_of(' '), shown.size())) : shown;
    }
    is_first = false;
  }
  std::string valid;
  repair_utf8(text, "", valid);
  return valid;
}

std::string Vocabulary::piece(int32_t id) const {
  if (id < 0 || id >= size()) return fmt::format("<no piece {}>", id);
  if (id <= kUnknown) return std::string(kSpecialNames[id]);
  if (const int index = sentinel_index(id); index >= 0) return sentinel_name(index);
  if (!state_->is_bytes) return state_->processor.IdToPiece(id);
  const int byte = id - kByteOffset;
  return byte > 0x20 && byte < 0x7F ? std::string(1, static_cast<char>(byte))
                                    : fmt::format("<0x{:02X}>", byte);
}

const SpecialIds& Vocabulary::special_ids() const {
  static const SpecialIds ids;
  return ids;
}

std::vector<int32_t> Vocabulary::frame(std::vector<int32_t> ids) const {
  ids.push_back(special_ids().eos);
  return ids;
}

int32_t Vocabulary::size() const { return state_->num_pieces + state_->num_sentinels; }
int32_t Vocabulary::num_sentinels() const { return state_->num_sentinels; }
const std::string& Vocabulary::content_hash() const { return state_->content_hash; }
bool Vocabulary::is_bytes() const { return state_->is_bytes; }

int32_t Vocabulary::sentinel(int index) const {
  if (index < 0 || index >= state_->num_sentinels) {
    throw std::out_of_range(
        fmt::format("there is no <extra_id_{}>: the vocabulary has {} sentinels", index,
                    state_->num_sentinels));
  }
  return state_->is_bytes ? state_->num_pieces + index : size() - 1 - index;
}

int Vocabulary::sentinel_index(int32_t id) const {
  if (id < state_->num_pieces || id >= size()) return -1;
  return state_->is_bytes ? id - state_->num_pieces : size() - 1 - id;
}

void Vocabulary::save(const fs::path& folder) const {
  fs::create_directories(folder);
  if (!state_->is_bytes) {
    const SpieceModel pieces = read_spiece_model(state_->model_bytes, "spiece.model");
    const std::string json = hugging_face_json(pieces, state_->num_sentinels);
    write_file_atomically(folder / "spiece.model", state_->model_bytes);
    if (!json.empty()) write_file_atomically(folder / "tokenizer.json", json);
  }
  write_file_atomically(folder / "tokenizer_config.json",
                        tokenizer_config_json(state_->is_bytes, state_->num_sentinels));
}

}  // namespace dovetail
