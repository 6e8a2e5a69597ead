// SPDX-License-Identifier: Apache-2.0
#include "text/hugging_face_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/added_token_json.h"
#include "text/base64.h"
#include "text/listed_tokens.h"

namespace dovetail {

namespace {

using OrderedJson = nlohmann::ordered_json;

bool is_expressible(const SpieceModel& model) {
  const auto fits_t5 = [](const SpieceModel::Piece& piece) {
    return piece.type == SpieceModel::kNormal || piece.type == SpieceModel::kUnknown ||
           piece.type == SpieceModel::kControl;
  };
  return model.has_t5_whitespace() && std::ranges::all_of(model.pieces, fits_t5);
}

OrderedJson pieces_of(const SpieceModel& model, const std::vector<AddedToken>& added) {
  OrderedJson vocabulary = OrderedJson::array();
  for (const SpieceModel::Piece& piece : model.pieces) {
    vocabulary.push_back(
        OrderedJson::array({std::string(piece.text), static_cast<double>(piece.score)}));
  }
  // sentinels are pieces, too, in the files of transformers; other tokens are not
  for (const AddedToken& token : added) {
    if (token.id == std::ssize(vocabulary) && sentinel_number(token.content) >= 0) {
      vocabulary.push_back(OrderedJson::array({token.content, 0.0}));
    }
  }
  return vocabulary;
}

OrderedJson metaspace() {
  return {{"type", "Metaspace"},
          {"replacement", "\u2581"},
          {"prepend_scheme", "always"},
          {"split", true}};
}

OrderedJson post_processor(const std::string& eos, int32_t eos_id) {
  const auto sequence = [](const char* id) {
    return OrderedJson{{"Sequence", {{"id", id}, {"type_id", 0}}}};
  };
  const OrderedJson end = {{"SpecialToken", {{"id", eos}, {"type_id", 0}}}};
  return {{"type", "TemplateProcessing"},
          {"single", OrderedJson::array({sequence("A"), end})},
          {"pair", OrderedJson::array({sequence("A"), end, sequence("B"), end})},
          {"special_tokens",
           {{eos,
             {{"id", eos},
              {"ids", OrderedJson::array({eos_id})},
              {"tokens", OrderedJson::array({eos})}}}}}};
}

}  // namespace

std::string hugging_face_json(const SpieceModel& model, const std::vector<AddedToken>& added,
                              const SpecialIds& special) {
  if (!is_expressible(model)) return "";
  std::vector<AddedToken> by_id = added;
  std::ranges::sort(by_id, {}, &AddedToken::id);
  OrderedJson added_tokens = OrderedJson::array();
  for (const AddedToken& token : by_id) added_tokens.push_back(added_token_json(token));
  const std::string eos(model.pieces.at(special.eos).text);
  OrderedJson normalizer;
  if (!model.character_map.empty()) {
    normalizer = {{"type", "Precompiled"}, {"precompiled_charsmap", base64(model.character_map)}};
  }
  const OrderedJson json = {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", added_tokens},
      {"normalizer", normalizer},
      {"pre_tokenizer",
       {{"type", "Sequence"},
        {"pretokenizers",
         OrderedJson::array({OrderedJson{{"type", "WhitespaceSplit"}}, metaspace()})}}},
      {"post_processor", post_processor(eos, special.eos)},
      {"decoder", metaspace()},
      {"model",
       {{"type", "Unigram"},
        {"unk_id", special.unk},
        {"vocab", pieces_of(model, by_id)},
        {"byte_fallback", false}}}};
  return json.dump() + "\n";
}

}  // namespace dovetail
