// SPDX-License-Identifier: Apache-2.0
#include "text/hugging_face_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dovetail {

namespace {

using OrderedJson = nlohmann::ordered_json;

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
  const auto fits_t5 = [](const SpieceModel::Piece& piece) {
    return piece.type == SpieceModel::kNormal || piece.type == SpieceModel::kUnknown ||
           piece.type == SpieceModel::kControl;
  };
  return model.has_t5_whitespace() && std::ranges::all_of(model.pieces, fits_t5);
}

OrderedJson added_token(size_t id, const std::string& content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

OrderedJson metaspace() {
  return {{"type", "Metaspace"},
          {"replacement", "\u2581"},
          {"prepend_scheme", "always"},
          {"split", true}};
}

OrderedJson post_processor() {
  const auto sequence = [](const char* id) {
    return OrderedJson{{"Sequence", {{"id", id}, {"type_id", 0}}}};
  };
  const OrderedJson end = {{"SpecialToken", {{"id", "</s>"}, {"type_id", 0}}}};
  return {{"type", "TemplateProcessing"},
          {"single", OrderedJson::array({sequence("A"), end})},
          {"pair", OrderedJson::array({sequence("A"), end, sequence("B"), end})},
          {"special_tokens",
           {{"</s>",
             {{"id", "</s>"},
              {"ids", OrderedJson::array({1})},
              {"tokens", OrderedJson::array({"</s>"})}}}}}};
}

}  // namespace

std::string hugging_face_json(const SpieceModel& model, int num_sentinels) {
  if (!is_expressible(model)) return "";
  OrderedJson vocabulary = OrderedJson::array(), added = OrderedJson::array();
  for (const SpieceModel::Piece& piece : model.pieces) {
    if (piece.type != SpieceModel::kNormal)
      added.push_back(added_token(vocabulary.size(), std::string(piece.text)));
    vocabulary.push_back(
        OrderedJson::array({std::string(piece.text), static_cast<double>(piece.score)}));
  }
  for (int k = num_sentinels - 1; k >= 0; --k) {
    const std::string sentinel = "<extra_id_" + std::to_string(k) + ">";
    added.push_back(added_token(vocabulary.size(), sentinel));
    vocabulary.push_back(OrderedJson::array({sentinel, 0.0}));
  }
  OrderedJson normalizer;
  if (!model.character_map.empty()) {
    normalizer = {{"type", "Precompiled"}, {"precompiled_charsmap", base64(model.character_map)}};
  }
  const OrderedJson json = {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", added},
      {"normalizer", normalizer},
      {"pre_tokenizer",
       {{"type", "Sequence"},
        {"pretokenizers",
         OrderedJson::array({OrderedJson{{"type", "WhitespaceSplit"}}, metaspace()})}}},
      {"post_processor", post_processor()},
      {"decoder", metaspace()},
      {"model",
       {{"type", "Unigram"}, {"unk_id", 2}, {"vocab", vocabulary}, {"byte_fallback", false}}}};
  return json.dump() + "\n";
}

}  // namespace dovetail
