// SPDX-License-Identifier: Apache-2.0
// Ids of tokenizers that the `tokenizers` library trains, live: tests/oracles/
// tokenizer_json_oracle.py.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "text/text_fixture.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

std::vector<nlohmann::json> json_lines(const std::filesystem::path& file) {
  std::vector<nlohmann::json> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(TokenizerJsonOracle, HasTheIdsOfTokenizersOfEveryKind) {
  const std::string root = DOVETAIL_SOURCE_DIR, python = root + "/.venv/bin/python";
  if (std::system((python + " -c 'import tokenizers, transformers' 2> /dev/null").c_str()) != 0) {
    GTEST_SKIP() << "no tokenizers in .venv";
  }
  if (!std::filesystem::exists("/usr/share/wordnet/data.noun")) GTEST_SKIP() << "no WordNet";
  const ScratchFolder folder;
  ASSERT_EQ(std::system((python + " " + root + "/tests/oracles/tokenizer_json_oracle.py " +
                         folder.path().string())
                            .c_str()),
            0);
  const std::vector<nlohmann::json> texts = json_lines(folder / "texts.jsonl");
  int num_tokenizers = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (!entry.is_directory()) continue;
    ++num_tokenizers;
    const Vocabulary vocabulary = Vocabulary::from_folder(entry.path());
    const std::vector<nlohmann::json> expected = json_lines(entry.path() / "ids.jsonl");
    ASSERT_EQ(expected.size(), texts.size());
    int num_wrong = 0;
    for (size_t i = 0; i < texts.size() && num_wrong < 5; ++i) {
      const std::string text = texts[i];
      const auto ids = vocabulary.frame(vocabulary.encode_with_sentinels(text));
      num_wrong += nlohmann::json(ids) != expected[i];
      EXPECT_EQ(nlohmann::json(ids), expected[i])
          << entry.path().filename() << ": " << texts[i].dump().substr(0, 200);
    }
  }
  EXPECT_EQ(num_tokenizers, 9);
  EXPECT_GT(texts.size(), 2800);
}

}  // namespace
}  // namespace dovetail
