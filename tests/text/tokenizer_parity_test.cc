// SPDX-License-Identifier: Apache-2.0
// Against the reference tokenizers: see tests/oracles/tokenizer_oracle.py.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "text/text_fixture.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

const nlohmann::json& golden_items() {
  static const nlohmann::json items =
      nlohmann::json::parse(std::ifstream(golden_folder() / "tokenizer_parity.json"));
  return items;
}

const Vocabulary& golden_pieces() {
  static const Vocabulary vocabulary = Vocabulary::from_file(golden_folder() / "spiece.model");
  return vocabulary;
}

using Ids = std::vector<int32_t>;

TEST(TokenizerParity, PlainText) {
  int num_corners = 0;
  for (const auto& item : golden_items().at("plain")) {
    const std::string text = item.at("text");
    num_corners += item.contains("sentencepiece");
    const auto& expected =
        item.contains("sentencepiece") ? item.at("sentencepiece") : item.at("ids");
    ASSERT_EQ(golden_pieces().encode(text), expected.get<Ids>()) << text;
  }
  EXPECT_EQ(golden_items().at("plain").size(), 3000u);
  EXPECT_LT(num_corners, 100);  // U+0085 and combining marks, among 600 texts full of them
}

TEST(TokenizerParity, TextAroundSentinels) {
  for (const auto& item : golden_items().at("with_sentinels")) {
    const std::string text = item.at("text");
    ASSERT_EQ(golden_pieces().encode_with_sentinels(text), item.at("ids").get<Ids>()) << text;
  }
}

TEST(TokenizerParity, Bytes) {
  const Vocabulary bytes = Vocabulary::bytes();
  for (const auto& item : golden_items().at("bytes")) {
    const std::string text = item.at("text");
    ASSERT_EQ(bytes.encode_with_sentinels(text), item.at("ids").get<Ids>()) << text;
  }
}

TEST(TokenizerParity, DecodedText) {
  for (const auto& item : golden_items().at("decoded")) {
    ASSERT_EQ(golden_pieces().decode(item.at("ids").get<Ids>()),
              item.at("text").get<std::string>());
  }
}

}  // namespace
}  // namespace dovetail
