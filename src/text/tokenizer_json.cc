// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/foreign_json.h"
#include "text/byte_pair_model.h"
#include "text/listed_tokens.h"
#include "text/piece_encoder.h"
#include "text/token_id.h"
#include "text/tokenizer_component.h"
#include "text/tokenizer_keys.h"
#include "text/unigram_model.h"

namespace dovetail {

namespace {

// Puts `content` at place `id` of a list that grows as needed.
void put_piece(int32_t id, const std::string& content, std::vector<std::string>& pieces) {
  if (id >= std::ssize(pieces)) pieces.resize(id + 1);
  pieces[id] = content;
}

// A score as the `tokenizers` library reads it: serde_json divides the digits, as a whole number,
// by a power of ten, which may miss the nearest double by its last bit. That bit decides between
// segmentations whose sums are nearly equal.
double score_of(const nlohmann::json& json) {
  const double exact = json.get<double>();
  char text[64];
  const auto end =
      std::to_chars(text, text + sizeof text, std::abs(exact), std::chars_format::fixed).ptr;
  uint64_t digits = 0;
  int decimals = -1;
  for (const char* at = text; at != end; ++at) {
    if (*at == '.') {
      decimals = 0;
      continue;
    }
    if (digits > (UINT64_MAX - 9) / 10) return exact;
    digits = digits * 10 + static_cast<uint64_t>(*at - '0');
    if (decimals >= 0) ++decimals;
  }
  const double read = static_cast<double>(digits) / std::pow(10.0, std::max(decimals, 0));
  return std::signbit(exact) ? -read : read;
}

std::unique_ptr<PieceModel> unigram_from(const nlohmann::json& json, TokenizerJson& found,
                                         const std::string& where) {
  refuse_setting(json, "alpha", "null", "model", where);
  refuse_setting(json, "nbest_size", "null", "model", where);
  UnigramModel::Settings settings;
  for (const nlohmann::json& piece : json.at("vocab")) {
    found.pieces.push_back(piece.at(0).get<std::string>());
    settings.scores.push_back(score_of(piece.at(1)));
  }
  const auto unk = json.find("unk_id");
  if (unk == json.end() || unk->is_null() || unk->get<int64_t>() < 0 ||
      unk->get<int64_t>() >= std::ssize(found.pieces)) {
    throw_<DataError>("{}: expected the \"unk_id\" of a Unigram model, found {}", where,
                      unk == json.end() ? "none" : unk->dump());
  }
  found.unk_id = settings.unk_id = unk->get<int32_t>();
  settings.byte_fallback = json.value("byte_fallback", false);
  for (const AddedToken& token : found.added_tokens) {
    if (token.special) settings.controls.push_back(token.id);
  }
  return std::make_unique<UnigramModel>(found.pieces, std::move(settings));
}

std::pair<std::string, std::string> merge_from(const nlohmann::json& json,
                                               const std::string& where) {
  if (json.is_array()) return {json.at(0).get<std::string>(), json.at(1).get<std::string>()};
  const std::string text = json.get<std::string>();  // before tokenizers 0.20: "left right"
  const size_t space = text.find(' ');
  if (space == text.npos) throw_<DataError>("{}: expected a merge, found \"{}\"", where, text);
  return {text.substr(0, space), text.substr(space + 1)};
}

std::unique_ptr<PieceModel> byte_pairs_from(const nlohmann::json& json, TokenizerJson& found,
                                            const std::string& where) {
  refuse_setting(json, "dropout", "0.0", "model", where);
  refuse_setting(json, "continuing_subword_prefix", "\"\"", "model", where);
  refuse_setting(json, "end_of_word_suffix", "\"\"", "model", where);
  BytePairModel::Settings settings;
  const auto& vocabulary = json.at("vocab").get_ref<const nlohmann::json::object_t&>();
  for (const auto& [piece, id] : vocabulary) {
    put_piece(token_id(id, piece, where), piece, found.pieces);
  }
  for (const nlohmann::json& merge : json.at("merges"))
    settings.merges.push_back(merge_from(merge, where));
  const nlohmann::json unk = json.value("unk_token", nlohmann::json());
  if (unk.is_string()) {
    const auto id = vocabulary.find(unk.get<std::string>());
    if (id == vocabulary.end()) {
      throw_<DataError>("{}: the \"unk_token\" {} is not in its vocabulary", where, unk.dump());
    }
    found.unk_id = settings.unk_id = token_id(id->second, id->first, where);
  }
  settings.fuse_unk = json.value("fuse_unk", false);
  settings.byte_fallback = json.value("byte_fallback", false);
  settings.ignore_merges = json.value("ignore_merges", false);
  return std::make_unique<BytePairModel>(found.pieces, settings, where);
}

std::unique_ptr<PieceModel> model_from(const nlohmann::json& json, TokenizerJson& found,
                                       const std::string& where) {
  // files of tokenizers before 0.11 name no type
  const std::string type = json.is_object() && !json.contains("type") && json.contains("unk_id")
                               ? "Unigram"
                           : json.is_object() && !json.contains("type") && json.contains("merges")
                               ? "BPE"
                               : component_type(json, "model", where);
  if (type == "Unigram") return unigram_from(json, found, where);
  if (type == "BPE") return byte_pairs_from(json, found, where);
  refuse_component(type, "model", where);
}

void read_frame(const nlohmann::json& json, TextFrame& frame, const std::string& where);

void read_template(const nlohmann::json& json, TextFrame& frame, const std::string& where) {
  TextFrame added;
  bool is_behind = false;
  for (const nlohmann::json& part : json.at("single")) {
    if (part.contains("Sequence")) {
      is_behind = true;
      continue;
    }
    const std::string name = part.at("SpecialToken").at("id");
    for (const nlohmann::json& id : json.at("special_tokens").at(name).at("ids")) {
      (is_behind ? added.after : added.before).push_back(token_id(id, name, where));
    }
  }
  if (!is_behind) throw_<DataError>("{}: the post_processor leaves the text out", where);
  frame.before.insert(frame.before.begin(), added.before.begin(), added.before.end());
  frame.after.insert(frame.after.end(), added.after.begin(), added.after.end());
}

void read_frame(const nlohmann::json& json, TextFrame& frame, const std::string& where) {
  const std::string type = component_type(json, "post_processor", where);
  if (type == "Sequence") {
    for (const nlohmann::json& part : json.at("processors")) read_frame(part, frame, where);
  } else if (type == "TemplateProcessing") {
    read_template(json, frame, where);
  } else if (type == "RobertaProcessing" || type == "BertProcessing") {
    frame.before.insert(frame.before.begin(), token_id(json.at("cls").at(1), "cls", where));
    frame.after.push_back(token_id(json.at("sep").at(1), "sep", where));
  } else if (type != "ByteLevel") {  // which moves offsets, not ids
    refuse_component(type, "post_processor", where);
  }
}

void read_spelling(const nlohmann::json& json, PieceSpelling& spelling, const std::string& where) {
  const std::string type = component_type(json, "decoder", where);
  if (type == "Sequence") {
    for (const nlohmann::json& part : json.at("decoders")) read_spelling(part, spelling, where);
  } else if (type == "ByteLevel") {
    spelling.bytes_as_characters = true;
  } else if (type == "Metaspace") {
    spelling.space_mark = json.value("replacement", "\u2581");
    spelling.adds_space =
        json.value("prepend_scheme", "always") != "never" && json.value("add_prefix_space", true);
  } else if (type == "Replace" && json.at("content") == " " &&
             json.at("pattern").contains("String")) {
    spelling.space_mark = json.at("pattern").at("String").get<std::string>();
  } else if (type == "Strip" && json.value("content", "") == " " && json.value("stop", 0) == 0) {
    spelling.adds_space = json.value("start", 0) > 0;
  } else if (type != "ByteFallback" && type != "Fuse") {
    refuse_component(type, "decoder", where);
  }
}

}  // namespace

TokenizerJson tokenizer_json_from(const nlohmann::json& json, const std::string& where) try {
  note_unknown_keys(check_foreign_keys(tokenizer_json_keys(), json, where), where);
  TokenizerJson found;
  for (const nlohmann::json& token : json.value("added_tokens", nlohmann::json::array())) {
    found.added_tokens.push_back(numbered_token_from(token, where));
  }
  found.normalize = normalizer_from(json.value("normalizer", nlohmann::json()), where);
  const WordStep words = pre_tokenizer_from(json.value("pre_tokenizer", nlohmann::json()), where);
  std::unique_ptr<PieceModel> model =
      model_from(json.value("model", nlohmann::json()), found, where);
  for (const AddedToken& token : found.added_tokens) {
    put_piece(token.id, token.content, found.pieces);
  }
  if (const nlohmann::json frame = json.value("post_processor", nlohmann::json());
      !frame.is_null()) {
    read_frame(frame, found.frame.emplace(), where);
  }
  PieceSpelling spelling;
  if (const nlohmann::json decoder = json.value("decoder", nlohmann::json()); !decoder.is_null()) {
    read_spelling(decoder, spelling, where);
  }
  found.encoder = std::make_unique<PieceEncoder>(found.pieces, std::move(model), words, spelling);
  return found;
} catch (const nlohmann::json::exception& error) {
  throw_<DataError>("{}: not a tokenizer.json as the tokenizers library writes it: {}", where,
                    error.what());
}

}  // namespace dovetail
