// SPDX-License-Identifier: Apache-2.0
#include "text/document_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/random.h"
#include "text/text_fixture.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

struct Read {
  std::vector<std::string> documents;
  CorpusStatistics statistics;
};

Read read(const std::vector<std::string>& texts) {
  const ScratchFolder folder;
  std::vector<std::filesystem::path> files;
  for (const std::string& text : texts)
    files.push_back(folder.write(std::to_string(files.size()), text));
  DocumentReader reader(files);
  Read read;
  for (std::string document; reader.next(document);) read.documents.push_back(document);
  read.statistics = reader.statistics();
  return read;
}

TEST(DocumentReader, ALineIsADocument) {
  const Read got = read({"one\ntwo two\n", "three"});

  EXPECT_THAT(got.documents, ElementsAre("one", "two two", "three"));
  EXPECT_EQ(got.statistics.lines, 3);
  EXPECT_EQ(got.statistics.documents, 3);
  EXPECT_EQ(got.statistics.bytes, 17);
}

TEST(DocumentReader, CountsEveryOddity) {
  const Read got =
      read({"\xEF\xBB\xBF"
            "a\r\n\n \t\nb\0c\0d\n\xFF x \xC3\n\0\n\xE6\x97\xA5"s});

  EXPECT_THAT(got.documents, ElementsAre("a", "bcd", "\uFFFD x \uFFFD", "\u65e5"));
  EXPECT_EQ(got.statistics.lines, 7);
  EXPECT_EQ(got.statistics.empty_lines, 3);  // "", whitespace, and one NUL
  EXPECT_EQ(got.statistics.nul_lines, 2);
  EXPECT_EQ(got.statistics.crlf_lines, 1);
  EXPECT_EQ(got.statistics.invalid_utf8_lines, 1);
  EXPECT_EQ(got.statistics.long_lines, 0);
}

TEST(DocumentReader, CutsLongLinesAtBlanksOrBetweenCharacters) {
  std::string words;
  while (words.size() < 1'000'000) words += "word ";
  std::string characters = "x";
  while (characters.size() < 200'000) characters += "\u65e5";

  const Read got = read({words + "\nshort\n" + characters});

  std::string joined;
  for (const std::string& document : got.documents) {
    EXPECT_LE(document.size(), static_cast<size_t>(kMaxLineBytes));
    joined += document;
  }
  EXPECT_EQ(joined, words + "short" + characters);
  EXPECT_EQ(got.documents[0].substr(got.documents[0].size() - 5), "word ");
  EXPECT_EQ(got.statistics.lines, 3);
  EXPECT_EQ(got.statistics.long_lines, 2);
  EXPECT_EQ(got.statistics.invalid_utf8_lines, 0);
}

TEST(DocumentReader, LineLengthsAroundTheLimit) {
  for (int64_t length = kMaxLineBytes - 2; length <= kMaxLineBytes + 2; ++length) {
    for (const std::string end : {"", "\n"}) {
      const Read got = read({std::string(length, 'x') + end});
      EXPECT_EQ(got.statistics.lines, 1) << length;
      EXPECT_EQ(got.statistics.long_lines, length > kMaxLineBytes) << length;
      EXPECT_EQ(got.statistics.documents, length > kMaxLineBytes ? 2 : 1) << length;
    }
  }
}

TEST(DocumentReader, EmptyFilesAndNoFiles) {
  EXPECT_TRUE(read({}).documents.empty());
  EXPECT_EQ(read({"", "\n", ""}).statistics.lines, 1);
}

// Whatever the bytes, the lines are those a plain split finds and nothing is lost.
TEST(DocumentReader, AgreesWithAPlainSplitOnRandomBytes) {
  const uint64_t seed = 20261121;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Rng rng(seed);
  std::string text, expected;
  int64_t num_lines = 0;
  while (text.size() < 700'000) {  // over several buffers
    const size_t length = rng.below(rng.below(40) == 0 ? 60'000 : 200);
    std::string line;
    for (size_t i = 0; i < length; ++i) line += static_cast<char>('!' + rng.below(90));
    text += line + "\n";
    expected += line;
    ++num_lines;
  }

  const Read got = read({text});

  std::string joined;
  for (const std::string& document : got.documents) joined += document;
  EXPECT_EQ(got.statistics.lines, num_lines);
  EXPECT_EQ(joined, expected);
}

TEST(DocumentReader, RefusesWhatIsNoFile) {
  const ScratchFolder folder;

  EXPECT_THROW(DocumentReader({folder / "absent"}), DataError);
  EXPECT_THROW(DocumentReader({folder.path()}), DataError);
}

}  // namespace
}  // namespace dovetail
