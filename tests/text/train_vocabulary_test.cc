// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "text/text_fixture.h"
#include "text/train_vocabulary.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

// The golden's glosses, a line each: real text that is there on every machine.
std::filesystem::path text_file(const ScratchFolder& folder, int num_lines = 600) {
  const auto items =
      nlohmann::json::parse(std::ifstream(golden_folder() / "tokenizer_parity.json"));
  std::string text;
  for (int i = 0; i < num_lines; ++i)
    text += items.at("plain").at(i).at("text").get<std::string>() + "\n";
  return folder.write("text.txt", text);
}

TEST(TrainVocabulary, TheSameTextGivesTheSameModel) {
  const ScratchFolder folder;
  const auto text = text_file(folder);
  std::filesystem::copy_file(text, folder / "same_text_elsewhere.txt");

  train_vocabulary(text, 300, 2, 0, folder / "a");
  train_vocabulary(folder / "same_text_elsewhere.txt", 300, 2, 0, folder / "b");

  EXPECT_EQ(read_file(folder / "a/spiece.model"), read_file(folder / "b/spiece.model"));
  const Vocabulary vocabulary = Vocabulary::from_file(folder / "a/spiece.model");
  EXPECT_EQ(vocabulary.size(), 400);
  EXPECT_EQ(vocabulary.piece(0), "<pad>");
  EXPECT_EQ(vocabulary.piece(1), "</s>");
  EXPECT_EQ(vocabulary.piece(2), "<unk>");
  EXPECT_EQ(vocabulary.decode(vocabulary.encode("of the people")), "of the people");
}

TEST(TrainVocabulary, ASampleIsSpreadOverTheText) {
  const ScratchFolder folder;
  std::string text;
  for (int i = 0; i < 200; ++i) text += i % 2 == 1 ? "xyz xyz zyx\n" : "abc abc cba\n";
  const auto file = folder.write("text.txt", text);

  // of every two lines the second: the sample holds x, y and z but never a
  train_vocabulary(file, 7, 1, 100, folder / "v");

  const Vocabulary vocabulary = Vocabulary::from_file(folder / "v/spiece.model");
  EXPECT_THAT(vocabulary.encode("x"),
              testing::Not(testing::Contains(vocabulary.special_ids().unk)));
  EXPECT_THAT(vocabulary.encode("a"), testing::Contains(vocabulary.special_ids().unk));
}

TEST(TrainVocabulary, TakesAnyBytes) {
  const ScratchFolder folder;
  std::string text = read_file(text_file(folder));
  text +=
      std::string(1'000'000, 'x') + "\n" + std::string("nul\0nul\n", 8) + "\xFF\xFE\xC3\n\n\r\n";
  const auto file = folder.write("nasty.txt", text);

  train_vocabulary(file, 300, 1, 0, folder / "v");

  EXPECT_EQ(Vocabulary::from_file(folder / "v/spiece.model", 0).size(), 300);
}

TEST(TrainVocabulary, SaysHowManyPiecesTheTextGives) {
  const ScratchFolder folder;
  const auto file = folder.write("text.txt", "to be or not to be\n");

  EXPECT_THAT(
      message_of<ConfigError>([&] { train_vocabulary(file, 4000, 1, 0, folder / "v"); }),
      testing::ContainsRegex(
          "4000 pieces was asked for, but the text .* gives at most [0-9]+; set vocab_size"));
  EXPECT_THAT(message_of<ConfigError>([&] { train_vocabulary(file, 5, 1, 0, folder / "v"); }),
              HasSubstr("characters that need one each"));
  EXPECT_FALSE(std::filesystem::exists(folder / "v"));
}

TEST(TrainVocabulary, RefusesAnAbsentOrEmptyText) {
  const ScratchFolder folder;
  const auto empty = folder.write("empty.txt", " \n\n");

  EXPECT_THAT(message_of<DataError>([&] { train_vocabulary(empty, 100, 1, 0, folder / "v"); }),
              HasSubstr("no text"));
  EXPECT_THAT(
      message_of<DataError>([&] { train_vocabulary(folder / "no.txt", 100, 1, 0, folder / "v"); }),
      HasSubstr("no such file"));
  EXPECT_THROW(train_vocabulary(empty, 3, 1, 0, folder / "v"), ConfigError);
  EXPECT_THROW(train_vocabulary(empty, 100, 0, 0, folder / "v"), ConfigError);
}

}  // namespace
}  // namespace dovetail
