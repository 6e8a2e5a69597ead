// SPDX-License-Identifier: Apache-2.0
// Small tokenizer.json files. Expected ids are those of tokenizers 0.23.3 for the same file; the
// many more of trained tokenizers are compared in tokenizer_json_oracle_test.cc.
#include "text/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "text/text_fixture.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using FramedIds = std::vector<int32_t>;

std::filesystem::path golden_tokenizer(const std::string& name) {
  return golden_folder() / "tokenizers" / name;
}

FramedIds framed(const Vocabulary& vocabulary, const std::string& text) {
  return vocabulary.frame(vocabulary.encode_with_sentinels(text));
}

TEST(TokenizerJson, UnigramHasTheIdsOfTokenizers) {
  const Vocabulary vocabulary = Vocabulary::from_folder(golden_tokenizer("unigram"));
  const auto ids = [&](const std::string& text) { return framed(vocabulary, text); };

  EXPECT_THAT(ids("the cats"), ElementsAre(4, 5, 6, 1));
  EXPECT_THAT(ids("  the   cat "), ElementsAre(4, 5, 1));
  EXPECT_THAT(ids("th\u00e9 \ufb01"), ElementsAre(12, 2, 3, 2, 1));  // neighbours unknown: one id
  EXPECT_THAT(ids("a........"), ElementsAre(7, 9, 10, 10, 1));       // all cuts score the same
  EXPECT_THAT(ids("a <extra_id_0> cat<extra_id_1>s"), ElementsAre(7, 14, 5, 13, 3, 6, 1));
  EXPECT_THAT(ids("the\tcat</s>"), ElementsAre(4, 2, 11, 1, 1));
}

TEST(TokenizerJson, AddedTokensHaveTheirFlags) {
  const Vocabulary vocabulary = Vocabulary::from_folder(golden_tokenizer("unigram"));
  const auto ids = [&](const std::string& text) { return framed(vocabulary, text); };

  EXPECT_THAT(ids("[EVENT] the"), ElementsAre(15, 4, 1));
  EXPECT_THAT(ids("\uff3bEVENT\uff3dthe"), ElementsAre(15, 4, 1));  // found when normalized
  EXPECT_THAT(ids("xReact a xReacts"), ElementsAre(16, 7, 3, 2, 11, 6, 1));  // single_word
  const Vocabulary code = Vocabulary::from_folder(golden_tokenizer("byte_level"));
  EXPECT_THAT(framed(code, "a <mask>def"), ElementsAre(0, 4, 17, 2));  // lstrip; "a" is no piece
}

// In plain text pad, </s> and sentinels are no tokens; [EVENT] is.
TEST(TokenizerJson, PlainTextHoldsNoControls) {
  const Vocabulary vocabulary = Vocabulary::from_folder(golden_tokenizer("unigram"));

  EXPECT_THAT(vocabulary.encode("[EVENT] the"), ElementsAre(15, 4));
  for (const int32_t id : vocabulary.encode("a <extra_id_0> </s> <pad>")) {
    EXPECT_TRUE(id > 1 && id != 14) << id;
  }
}

TEST(TokenizerJson, BytePairsFallBackToBytes) {
  const Vocabulary vocabulary = Vocabulary::from_folder(golden_tokenizer("byte_pairs"));
  const auto ids = [&](const std::string& text) { return framed(vocabulary, text); };

  EXPECT_THAT(ids("abc"), ElementsAre(1, 12, 8));
  EXPECT_THAT(ids("ab \u00e9"), ElementsAre(1, 12, 5, 3, 4));
  EXPECT_THAT(ids("\u00e9\u20ac\u20acx ab"), ElementsAre(1, 5, 3, 4, 0, 12));
  EXPECT_THAT(ids("abcabc  a"), ElementsAre(1, 12, 8, 9, 8, 5, 10));
  EXPECT_THAT(ids(""), ElementsAre(1));
  EXPECT_EQ(vocabulary.decode(ids("ab \u00e9")), "ab \u00e9");
}

TEST(TokenizerJson, BytePairsOverBytesHaveTheIdsOfTokenizers) {
  const Vocabulary vocabulary = Vocabulary::from_folder(golden_tokenizer("byte_level"));
  const auto ids = [&](const std::string& text) { return framed(vocabulary, text); };

  EXPECT_THAT(ids("def def's"), ElementsAre(0, 17, 19, 20, 2));
  EXPECT_THAT(ids("def  def"), ElementsAre(0, 17, 8, 19, 2));
  EXPECT_THAT(ids("\u00e912\n\n"), ElementsAre(0, 21, 11, 12, 13, 13, 2));
  EXPECT_THAT(ids("<extra_id_0> def<extra_id_0>def"), ElementsAre(0, 22, 19, 22, 17, 2));
  EXPECT_EQ(vocabulary.decode(ids("def def's \u00e9\n")), "def def's \u00e9\n");
}

TEST(TokenizerJson, NamesSpecialIdsAndSentinels) {
  const Vocabulary t5 = Vocabulary::from_folder(golden_tokenizer("unigram"));
  const Vocabulary code = Vocabulary::from_folder(golden_tokenizer("byte_level"));

  EXPECT_EQ(t5.size(), 17);
  EXPECT_EQ(t5.num_sentinels(), 2);
  EXPECT_EQ(t5.sentinel(0), 14);
  EXPECT_EQ(t5.special_ids().pad, 0);
  EXPECT_EQ(code.special_ids().pad, 1);
  EXPECT_EQ(code.special_ids().eos, 2);
  EXPECT_EQ(code.special_ids().unk, 3);
  EXPECT_EQ(code.sentinel(0), 22);
  EXPECT_EQ(t5.decode(FramedIds{0, 4, 15, 14, 5, 1}), "the[EVENT]<extra_id_0> cat");
}

TEST(TokenizerJson, SavesWhatItRead) {
  const ScratchFolder from, to;
  const std::string config = R"({"bos_token": "<s>", "eos_token": "</s>"})";
  from.write("tokenizer.json", read_file(golden_tokenizer("byte_level") / "tokenizer.json"));
  from.write("tokenizer_config.json", config);
  const Vocabulary vocabulary = Vocabulary::from_folder(from.path());

  vocabulary.save(to.path());

  EXPECT_EQ(vocabulary.special_ids().bos, 0);
  EXPECT_EQ(to.num_entries(), 2);
  EXPECT_EQ(read_file(to / "tokenizer.json"), read_file(from / "tokenizer.json"));
  EXPECT_EQ(read_file(to / "tokenizer_config.json"), config);
  EXPECT_EQ(Vocabulary::from_folder(to.path()).content_hash(), vocabulary.content_hash());
}

// Every type and setting that changes ids and is not supported is refused by its name.
TEST(TokenizerJson, RefusesByName) {
  const auto refusal = [](const std::string& pointer, const char* value) {
    nlohmann::json json =
        nlohmann::json::parse(read_file(golden_tokenizer("byte_pairs") / "tokenizer.json"));
    json[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    return message_of<DataError>([&] { tokenizer_json_from(json, "tokenizer.json"); });
  };

  EXPECT_THAT(refusal("/normalizer", R"({"type": "BertNormalizer"})"), HasSubstr("BertNormalizer"));
  EXPECT_THAT(refusal("/pre_tokenizer", R"({"type": "Digits"})"),
              HasSubstr("tokenizer.json: the pre_tokenizer \"Digits\" is not supported"));
  EXPECT_THAT(refusal("/model", R"({"type": "WordPiece"})"), HasSubstr("\"WordPiece\""));
  EXPECT_THAT(refusal("/model/dropout", "0.1"), HasSubstr("\"dropout\" of the model is 0.1"));
  EXPECT_THAT(refusal("/model/end_of_word_suffix", R"("</w>")"), HasSubstr("end_of_word_suffix"));
  EXPECT_THAT(refusal("/decoder", R"({"type": "CTC"})"), HasSubstr("\"CTC\""));
  EXPECT_THAT(refusal("/post_processor", R"({"type": "Odd"})"), HasSubstr("\"Odd\""));
  EXPECT_THAT(refusal("/model/merges", R"([["a", "c"]])"), HasSubstr("the piece \"ac\""));
  EXPECT_THAT(refusal("/model/vocab", "7"), HasSubstr("not a tokenizer.json"));
  EXPECT_THAT(refusal("/normalizer", R"({"type": "Replace", "pattern": {"Regex": "("},
                                        "content": ""})"),
              HasSubstr("expected a regular expression"));
  EXPECT_THAT(refusal("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "AAAA"})"),
              HasSubstr("damaged"));
  EXPECT_EQ(refusal("/model/dropout", "0.0"), "");
}

}  // namespace
}  // namespace dovetail
