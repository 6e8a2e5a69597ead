// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "text/text_fixture.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

void put_model(const ScratchFolder& folder) {
  fs::copy_file(golden_folder() / "spiece.model", folder / "spiece.model");
}

TEST(TokenizerFolder, ReadsWhatItSaved) {
  const ScratchFolder folder;
  const Vocabulary vocabulary = Vocabulary::from_file(golden_folder() / "spiece.model", 17);

  vocabulary.save(folder.path());
  const Vocabulary again = Vocabulary::from_folder(folder.path());

  EXPECT_EQ(again.content_hash(), vocabulary.content_hash());
  EXPECT_EQ(again.sentinel(0), 1016);
  EXPECT_EQ(read_file(folder / "spiece.model"), read_file(golden_folder() / "spiece.model"));
  EXPECT_EQ(folder.num_entries(), 3);
}

TEST(TokenizerFolder, ReadsBytesThatItSaved) {
  const ScratchFolder folder;

  Vocabulary::bytes(9).save(folder.path());
  const Vocabulary again = Vocabulary::from_folder(folder.path());

  EXPECT_TRUE(again.is_bytes());
  EXPECT_EQ(again.num_sentinels(), 9);
  EXPECT_EQ(folder.num_entries(), 1);
  // ByT5Tokenizer of transformers 5.23, read from a folder too: <pad> takes the blanks around it
  EXPECT_THAT(again.encode_with_sentinels("a <pad> b"), testing::ElementsAre(100, 0, 101));
}

TEST(TokenizerFolder, CountsSentinelsWhereTheyAreWritten) {
  const auto sentinels = [](const std::string& config) {
    const ScratchFolder folder;
    put_model(folder);
    if (!config.empty()) folder.write("tokenizer_config.json", config);
    return Vocabulary::from_folder(folder.path()).num_sentinels();
  };

  EXPECT_EQ(sentinels(""), 100);
  EXPECT_EQ(sentinels("{}"), 100);
  EXPECT_EQ(sentinels(R"({"extra_ids": 7})"), 7);
  EXPECT_EQ(sentinels(R"({"extra_ids": 0})"), 0);
  EXPECT_EQ(
      sentinels(
          R"({"additional_special_tokens": ["<extra_id_0>", {"content": "<extra_id_1>"}, "<x>"]})"),
      2);
  // what ByT5Tokenizer of transformers 5.23 saves
  EXPECT_EQ(
      sentinels(
          R"({"extra_ids": 0, "extra_special_tokens": ["<extra_id_0>", "<extra_id_1>", "</s>"]})"),
      2);
}

// Tokens of one's own as 4.57 and 5.23 save them beside spiece.model: 1,000 pieces, 100 sentinels.
TEST(TokenizerFolder, AddedTokensAreOneIdWhereverTheyAreWritten) {
  const auto folder_with = [](const char* file, const std::string& text) {
    const ScratchFolder folder;
    put_model(folder);
    folder.write(file, text);
    return Vocabulary::from_folder(folder.path());
  };
  const Vocabulary vocabularies[] = {
      folder_with("added_tokens.json", R"({"xReact": 1100})"),
      folder_with("special_tokens_map.json", R"({"additional_special_tokens": ["xReact"]})"),
      folder_with("tokenizer_config.json", R"({"extra_special_tokens": ["xReact"]})"),
      folder_with("tokenizer_config.json", R"({"extra_special_tokens": {"relation": "xReact"}})"),
      folder_with("tokenizer_config.json",
                  R"({"added_tokens_decoder": {"1100": {"content": "xReact", "lstrip": false}}})"),
      folder_with("tokenizer_config.json", R"({"bos_token": "xReact"})")};

  for (const Vocabulary& vocabulary : vocabularies) {
    std::vector<int32_t> expected = vocabulary.encode("of");
    expected.push_back(1100);
    for (const int32_t id : vocabulary.encode("the")) expected.push_back(id);
    EXPECT_EQ(vocabulary.size(), 1101);
    EXPECT_EQ(vocabulary.sentinel(0), 1099);
    EXPECT_EQ(vocabulary.encode_with_sentinels("of xReact the"), expected);
    EXPECT_NE(vocabulary.content_hash(),
              Vocabulary::from_file(golden_folder() / "spiece.model").content_hash());
  }
  EXPECT_EQ(vocabularies[5].special_ids().bos, 1100);
}

// Tokens of a sweep stand on top, are saved where transformers looks for them, and are read again.
TEST(TokenizerFolder, TokensOfASweepAreSaved) {
  const std::vector<std::string> tokens = {"xReact", "[EVENT]"};
  const auto expect_saved = [](const Vocabulary& vocabulary, int32_t first) {
    const ScratchFolder folder;
    vocabulary.save(folder.path());
    const Vocabulary again = Vocabulary::from_folder(folder.path());
    EXPECT_THAT(vocabulary.encode("xReact[EVENT]"), testing::ElementsAre(first, first + 1));
    EXPECT_EQ(again.encode("xReact[EVENT]"), vocabulary.encode("xReact[EVENT]"));
    EXPECT_EQ(again.content_hash(), vocabulary.content_hash());
    EXPECT_EQ(again.size(), first + 2);
    const auto added = nlohmann::json::parse(read_file(folder / "added_tokens.json"));
    EXPECT_EQ(added, nlohmann::json({{"xReact", first}, {"[EVENT]", first + 1}}));
  };

  expect_saved(Vocabulary::from_file(golden_folder() / "spiece.model", 100, tokens), 1100);
  expect_saved(Vocabulary::bytes(125, tokens), 384);
  expect_saved(Vocabulary::from_folder(golden_folder() / "tokenizers/byte_pairs", tokens), 14);
}

TEST(TokenizerFolder, RefusesIdsThatAreTaken) {
  const ScratchFolder folder;
  put_model(folder);
  folder.write("added_tokens.json", R"({"xReact": 3})");

  EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_folder(folder.path()); }),
              HasSubstr("the token \"xReact\" the id 3"));

  for (const char* id : {"2000000000", "99999999999999", "-4", "1.5", "\"1100\"", "null"}) {
    folder.write("added_tokens.json", fmt::format(R"({{"xReact": {}}})", id));
    EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_folder(folder.path()); }),
                HasSubstr(fmt::format("\"xReact\" has the id {}; expected a whole number below "
                                      "10000000",
                                      id)));
  }
  folder.write("added_tokens.json", "{}");
  for (const char* id : {"x", "", "11 ", "99999999999999"}) {
    folder.write(
        "tokenizer_config.json",
        fmt::format(R"({{"added_tokens_decoder": {{"{}": {{"content": "xReact"}}}}}})", id));
    EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_folder(folder.path()); }),
                HasSubstr("the token \"xReact\" has the id"));
  }
}

TEST(TokenizerFolder, RefusesKeysThatChangeIds) {
  const ScratchFolder folder;
  put_model(folder);
  const auto refusal = [&](const std::string& config) {
    folder.write("tokenizer_config.json", config);
    return message_of<ConfigError>([&] { Vocabulary::from_folder(folder.path()); });
  };

  EXPECT_THAT(refusal(R"({"split_special_tokens": true})"), HasSubstr("\"split_special_tokens\""));
  EXPECT_THAT(refusal(R"({"sp_model_kwargs": {"enable_sampling": true}})"),
              HasSubstr("\"sp_model_kwargs\""));
  EXPECT_EQ(refusal(R"({"sp_model_kwargs": {}, "legacy": true, "split_special_tokens": false})"),
            "");
}

// A tokenizer.json with other pieces than spiece.model is what transformers 5.23 reads.
TEST(TokenizerFolder, OtherPiecesInTokenizerJsonCount) {
  const ScratchFolder folder;
  put_model(folder);
  const Vocabulary spiece = Vocabulary::from_folder(folder.path());
  spiece.save(folder.path());
  EXPECT_EQ(Vocabulary::from_folder(folder.path()).content_hash(), spiece.content_hash());

  folder.write("tokenizer.json", read_file(golden_folder() / "tokenizers/unigram/tokenizer.json"));

  EXPECT_EQ(Vocabulary::from_folder(folder.path()).size(), 17);
}

TEST(TokenizerFolder, RefusesAnEmbeddingThatIsTooSmall) {
  const ScratchFolder folder;
  put_model(folder);

  folder.write("config.json", R"({"vocab_size": 1100})");
  EXPECT_EQ(Vocabulary::from_folder(folder.path()).size(), 1100);
  folder.write("config.json", R"({"vocab_size": 1128})");
  EXPECT_EQ(Vocabulary::from_folder(folder.path()).size(), 1100);
  folder.write("config.json", R"({"vocab_size": 1099})");
  EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_folder(folder.path()); }),
              HasSubstr("vocab_size is 1099, but the folder's vocabulary has 1100 ids"));
}

TEST(TokenizerFolder, RefusesWhatItCannotRead) {
  const ScratchFolder folder;
  const auto refusal = [&] {
    return message_of<DataError>([&] { Vocabulary::from_folder(folder.path()); });
  };

  EXPECT_THAT(refusal(), HasSubstr("expected spiece.model"));
  folder.write("tokenizer.json", "{}");
  EXPECT_THAT(refusal(), HasSubstr("tokenizer.json: expected a \"model\" with a \"type\""));
  folder.write("config.json", R"({"tokenizer_class": "ByT5Tokenizer"})");
  EXPECT_EQ(refusal(), "");
  folder.write("tokenizer_config.json", R"({"extra_ids": "many"})");
  EXPECT_THAT(refusal(), HasSubstr("expected a number of sentinels in extra_ids, found \"many\""));
  folder.write("tokenizer_config.json", "{");
  EXPECT_THAT(refusal(), HasSubstr("tokenizer_config.json: expected JSON"));
  EXPECT_THAT(message_of<DataError>([&] { Vocabulary::from_folder(folder / "absent"); }),
              HasSubstr("no such folder"));
}

}  // namespace
}  // namespace dovetail
