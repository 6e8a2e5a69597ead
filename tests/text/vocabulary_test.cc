// SPDX-License-Identifier: Apache-2.0
#include "text/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error.h"
#include "base/file.h"
#include "text/text_fixture.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Vocabulary golden(int num_sentinels = 100) {
  return Vocabulary::from_file(golden_folder() / "spiece.model", num_sentinels);
}

// T5: 32,000 pieces and 100 sentinels put <extra_id_0> at 32,099; here there are 1,000 pieces.
TEST(Vocabulary, NumbersSentinelsDownwardsFromTheTop) {
  const Vocabulary vocabulary = golden();

  EXPECT_EQ(vocabulary.size(), 1100);
  EXPECT_EQ(vocabulary.sentinel(0), 1099);
  EXPECT_EQ(vocabulary.sentinel(1), 1098);
  EXPECT_EQ(vocabulary.sentinel(99), 1000);
  EXPECT_THROW(vocabulary.sentinel(100), std::out_of_range);
  EXPECT_THROW(vocabulary.sentinel(-1), std::out_of_range);
}

TEST(Vocabulary, EncodesSentinelsOnlyWhenAsked) {
  const Vocabulary vocabulary = golden();
  const auto a = vocabulary.encode("a"), b = vocabulary.encode("b");

  std::vector<int32_t> expected = a;
  expected.push_back(1099);
  expected.insert(expected.end(), b.begin(), b.end());

  EXPECT_EQ(vocabulary.encode_with_sentinels("a <extra_id_0> b"), expected);
  EXPECT_EQ(vocabulary.encode_with_sentinels("a<extra_id_0>b"), expected);
  for (const int32_t id : vocabulary.encode("a <extra_id_0> b </s> <pad>")) {
    EXPECT_LT(id, 1000);
    EXPECT_GT(id, 1);  // text never turns into </s> or pad
  }
}

TEST(Vocabulary, DecodesWhatItEncodes) {
  const Vocabulary vocabulary = golden();
  const std::string text = "the branch of medicine that deals with the young, e.g. 'caf' (1990)";

  EXPECT_EQ(vocabulary.decode(vocabulary.encode(text)), text);
  EXPECT_EQ(
      vocabulary.decode(vocabulary.encode_with_sentinels("one <extra_id_0> two <extra_id_12>")),
      "one<extra_id_0> two<extra_id_12>");
}

TEST(Vocabulary, DecodingDropsPadEndAndRowsBeyondTheVocabulary) {
  const Vocabulary vocabulary = golden();
  std::vector<int32_t> ids = {0};
  for (const int32_t id : vocabulary.encode("of the")) ids.push_back(id);
  for (const int32_t id : {1, 0, 1127, -5}) ids.push_back(id);

  EXPECT_EQ(vocabulary.decode(ids), "of the");
  EXPECT_EQ(vocabulary.decode({}), "");
  EXPECT_EQ(vocabulary.piece(1127), "<no piece 1127>");
  EXPECT_EQ(vocabulary.piece(1), "</s>");
  EXPECT_EQ(vocabulary.piece(1099), "<extra_id_0>");
}

TEST(Vocabulary, SurvivesTextOfAnyKind) {
  const Vocabulary vocabulary = golden();

  EXPECT_TRUE(vocabulary.encode("").empty());
  EXPECT_TRUE(vocabulary.encode("   ").empty());
  EXPECT_FALSE(vocabulary.encode("\xFF\xC3 a").empty());
  EXPECT_FALSE(vocabulary.encode(std::string_view("a\0b", 3)).empty());
  EXPECT_FALSE(vocabulary.encode(std::string(1'000'000, 'x')).empty());
}

// Xue et al. 2022: pad 0, </s> 1, unknown 2, byte b at b + 3; sentinels as transformers 5.23.
TEST(Vocabulary, NumbersBytesAsByT5) {
  const Vocabulary bytes = Vocabulary::bytes();

  EXPECT_EQ(bytes.size(), 384);
  EXPECT_THAT(bytes.encode("a\u00e9"), ElementsAre(100, 198, 172));
  EXPECT_EQ(bytes.sentinel(0), 259);
  EXPECT_EQ(bytes.sentinel(124), 383);
  EXPECT_THAT(bytes.encode_with_sentinels("a <extra_id_0> b"), ElementsAre(100, 35, 259, 35, 101));
  EXPECT_THAT(bytes.encode_with_sentinels("a </s> b"), ElementsAre(100, 1, 101));
  EXPECT_EQ(bytes.decode(std::vector<int32_t>{0, 100, 259, 198, 172, 258, 1}),
            "a<extra_id_0>\u00e9");
}

TEST(Vocabulary, RefusesWhatIsNoModel) {
  const ScratchFolder folder;
  const std::string model = read_file(golden_folder() / "spiece.model");
  const auto refusal = [&](std::string_view bytes) {
    const auto file = folder.write("spiece.model", bytes);
    return message_of<DataError>([&] { Vocabulary::from_file(file); });
  };

  EXPECT_THAT(refusal(""), HasSubstr("not a SentencePiece model"));
  EXPECT_THAT(refusal("a text file\n"), HasSubstr("spiece.model: not a SentencePiece model"));
  EXPECT_THAT(refusal(model.substr(0, model.size() / 2)), HasSubstr("truncated"));
  // what SentencePiece is not given: pieces that are no text, and a damaged normalizer
  EXPECT_THAT(refusal({"\x0A\x04\x0A\x02\0a", 6}), HasSubstr("a piece"));
  EXPECT_THAT(refusal({"\x0A\x03\x0A\x01\xFF", 5}), HasSubstr("a piece"));
  EXPECT_THAT(refusal({"\x0A\x02\x0A\0", 4}), HasSubstr("a piece"));
  EXPECT_THAT(refusal({"\x0A\x05\x0A\x01\0\x08\x01", 7}), HasSubstr("a piece"))
      << "the same field as a number is an unknown one, and the first one stays";
  EXPECT_THAT(refusal({"\x1A\x0A\x12\x08\4\0\0\0\0\0\0\0", 12}), HasSubstr("damaged"));
  EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_file(folder / "absent.model"); }),
              HasSubstr("no such file"));
}

// The first four pieces of a model as SentencePiece numbers them by default: unknown 0, <s> 1,
// </s> 2. MADLAD-400 is numbered like that, and pads with <s>.
TEST(Vocabulary, SpecialIdsAreTheFolders) {
  const ScratchFolder folder;
  const std::string_view model(
      "\x0A\x0E\x0A\x05<unk>\x15\0\0\0\0\x18\x02"
      "\x0A\x0C\x0A\x03<s>\x15\0\0\0\0\x18\x03"
      "\x0A\x0D\x0A\x04</s>\x15\0\0\0\0\x18\x03"
      "\x0A\x08\x0A\x01"
      "a\x15\0\0\x80\xBF",
      16 + 14 + 15 + 10);
  const auto file = folder.write("spiece.model", model);

  EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_file(file); }),
              HasSubstr("expected a padding token and another one that ends a text, found the ids "
                        "-1 and 2"));
  folder.write("tokenizer_config.json", R"({"pad_token": "<s>", "extra_ids": 0})");
  const Vocabulary vocabulary = Vocabulary::from_folder(folder.path());
  EXPECT_EQ(vocabulary.special_ids().pad, 1);
  EXPECT_EQ(vocabulary.special_ids().eos, 2);
  EXPECT_EQ(vocabulary.special_ids().unk, 0);
  EXPECT_THAT(vocabulary.frame({3}), ElementsAre(3, 2));
}

TEST(Vocabulary, HashKnowsPiecesAndSentinelsButNotTheFile) {
  const ScratchFolder folder;
  std::string model = read_file(golden_folder() / "spiece.model");
  const size_t score = model.find("\xE2\x96\x81the\x15") + 7;
  std::string other_score = model;
  other_score[score] ^= 1;
  // trainer_spec { model_prefix: "/some/path" } once more: merged into the one that is there
  const std::string other_path = model + "\x12\x0C\x12\x0A/some/path";

  const auto hash = [&](const std::string& bytes, int num_sentinels) {
    return Vocabulary::from_file(folder.write("m", bytes), num_sentinels).content_hash();
  };

  EXPECT_EQ(hash(model, 100), golden().content_hash());
  EXPECT_EQ(hash(other_path, 100), hash(model, 100));
  EXPECT_NE(hash(model, 99), hash(model, 100));
  EXPECT_NE(hash(other_score, 100), hash(model, 100));
  EXPECT_NE(Vocabulary::bytes(10).content_hash(), Vocabulary::bytes(11).content_hash());
}

}  // namespace
}  // namespace dovetail
