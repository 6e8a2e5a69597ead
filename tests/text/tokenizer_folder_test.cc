// SPDX-License-Identifier: Apache-2.0
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
  EXPECT_THAT(refusal(), HasSubstr("tokenizer.json alone is not read"));
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
