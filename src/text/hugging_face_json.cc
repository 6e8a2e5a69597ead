// SPDX-License-Identifier: Apache-2.0
// The file that `T5Tokenizer.save_pretrained` of transformers 5.23 writes, member by member; with
// it a folder loads without the sentencepiece and protobuf packages.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/spiece_model.h"

namespace dovetail {

namespace {

using Json = nlohmann::ordered_json;

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = (group << 8) | (k < count ? static_cast<uint8_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[(group >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return text;
}

bool is_expressible(const SpieceModel& model) {
  return model.model_type == 1 && !model.white_space_as_suffix && model.add_dummy_prefix &&
         model.remove_extra_white_space && model.escape_white_space &&
         std::all_of(model.pieces.begin(), model.pieces.end(),
                     [](const SpieceModel::Piece& piece) { return piece.type <= 3; });
}

Json added_token(size_t id, const std::string& content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

Json metaspace() {
  return {{"type", "Metaspace"},
          {"replacement", "\u2581"},
          {"prepend_scheme", "always"},
          {"split", true}};
}

Json post_processor() {
  const auto sequence = [](const char* id) {
    return Json{{"Sequence", {{"id", id}, {"type_id", 0}}}};
  };
  const Json end = {{"SpecialToken", {{"id", "</s>"}, {"type_id", 0}}}};
  return {
      {"type", "TemplateProcessing"},
      {"single", Json::array({sequence("A"), end})},
      {"pair", Json::array({sequence("A"), end, sequence("B"), end})},
      {"special_tokens",
       {{"</s>", {{"id", "</s>"}, {"ids", Json::array({1})}, {"tokens", Json::array({"</s>"})}}}}}};
}

}  // namespace

std::string hugging_face_json(const SpieceModel& model, int num_sentinels) {
  if (!is_expressible(model)) return "";
  Json vocabulary = Json::array(), added = Json::array();
  for (const SpieceModel::Piece& piece : model.pieces) {
    if (piece.type != 1) added.push_back(added_token(vocabulary.size(), std::string(piece.text)));
    vocabulary.push_back(Json::array({std::string(piece.text), static_cast<double>(piece.score)}));
  }
  for (int k = num_sentinels - 1; k >= 0; --k) {
    const std::string sentinel = "<extra_id_" + std::to_string(k) + ">";
    added.push_back(added_token(vocabulary.size(), sentinel));
    vocabulary.push_back(Json::array({sentinel, 0.0}));
  }
  Json normalizer;
  if (!model.character_map.empty()) {
    normalizer = {{"type", "Precompiled"}, {"precompiled_charsmap", base64(model.character_map)}};
  }
  const Json json = {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", added},
      {"normalizer", normalizer},
      {"pre_tokenizer",
       {{"type", "Sequence"},
        {"pretokenizers", Json::array({Json{{"type", "WhitespaceSplit"}}, metaspace()})}}},
      {"post_processor", post_processor()},
      {"decoder", metaspace()},
      {"model",
       {{"type", "Unigram"}, {"unk_id", 2}, {"vocab", vocabulary}, {"byte_fallback", false}}}};
  return json.dump() + "\n";
}

}  // namespace dovetail
