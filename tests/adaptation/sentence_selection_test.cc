// SPDX-License-Identifier: Apache-2.0
#include "adaptation/sentence_selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

// After the first word.
SplitResult after_first_word(std::string_view sentence, int64_t line) {
  const std::vector<std::string> words = words_of(sentence);
  if (words.size() < 2) return {std::nullopt, "short"};
  return {SplitSentence{.head = words[0], .tail = words[1], .relation = "r", .line = line}, ""};
}

std::vector<int64_t> lines_of(const SentenceSelection& selection) {
  std::vector<int64_t> lines;
  for (const SplitSentence& sentence : selection.sentences) lines.push_back(sentence.line);
  return lines;
}

TEST(SelectSentences, KeepsTheFirstOnesThatAreLeft) {
  const ScratchFolder scratch;
  const std::string file = scratch.write("s.txt",
                                         "\xef\xbb\xbf"
                                         "a b\nx\n\na  b\nc d\r\n\xff\xfe z\ne f\ng h\n");

  const SentenceSelection all = select_sentences(file, after_first_word, {});
  EXPECT_EQ(lines_of(all), (std::vector<int64_t>{1, 5, 7, 8}));
  EXPECT_EQ(all.lines, 8);
  EXPECT_EQ(all.rejections, (SplitCounts{{"short", 2}, {"duplicate", 1}, {"not utf-8", 1}}));
  EXPECT_EQ(all.relations, (SplitCounts{{"r", 4}}));
  EXPECT_EQ(all.sentences[1].tail, "d");

  const SentenceSelection two = select_sentences(file, after_first_word, {.count = 2});
  EXPECT_EQ(lines_of(two), (std::vector<int64_t>{1, 5}));
  EXPECT_EQ(two.lines, 5);
}

TEST(SelectSentences, DrawsByTextSoThatOrderDoesNotMatter) {
  const ScratchFolder scratch;
  std::string forth, back;
  for (int i = 0; i < 200; ++i) {
    forth += fmt::format("head{} tail\n", i);
    back = fmt::format("head{} tail\n", i) + back;
  }
  const auto heads = [&](const std::string& text, uint64_t seed, int64_t count) {
    const SelectionSettings settings{.count = count, .at_random = true, .seed = seed};
    const SentenceSelection some =
        select_sentences(scratch.write("s.txt", text), after_first_word, settings);
    EXPECT_EQ(some.lines, 200);
    EXPECT_EQ(some.rejections.at("not drawn"), 200 - count);
    std::set<std::string> found;
    for (const SplitSentence& sentence : some.sentences) found.insert(sentence.head);
    return found;
  };
  const std::set<std::string> drawn = heads(forth, 1, 20);
  EXPECT_EQ(drawn.size(), 20);
  EXPECT_EQ(drawn, heads(back, 1, 20));
  EXPECT_NE(drawn, heads(forth, 2, 20));
  const std::set<std::string> more = heads(forth, 1, 40);
  EXPECT_TRUE(std::includes(more.begin(), more.end(), drawn.begin(), drawn.end()));
}

TEST(SelectSentences, RefusesFilesWithoutSentences) {
  const ScratchFolder scratch;
  EXPECT_THROW(select_sentences(scratch.path() / "none.txt", after_first_word, {}), ConfigError);
  EXPECT_THROW(select_sentences(scratch.write("e.txt", ""), after_first_word, {}), DataError);
}

TEST(TestTriples, FindHeadAndTailOfOneExample) {
  TaskData one{.name = "one", .test = {{"bread", {"bakery", "a kitchen"}}, {"ruler", {"desk"}}}};
  TaskData several{.name = "several",
                   .test = {{"AtLocation: wild cat", {"forest"}}},
                   .relations = {{"AtLocation", {}}}};
  TestTriples tests;
  tests.add(one);
  tests.add(several);
  EXPECT_EQ(tests.size(), 3);

  EXPECT_TRUE(tests.leaks_into("Bread is found in the bakery."));
  EXPECT_TRUE(tests.leaks_into("In a kitchen, there is (bread)."));
  EXPECT_TRUE(tests.leaks_into("The forest hides a wild cat"));
  EXPECT_FALSE(tests.leaks_into("Bread is on the desk")) << "the desk is the ruler's";
  EXPECT_FALSE(tests.leaks_into("Breads are in the bakery")) << "words, not letters";
  EXPECT_FALSE(tests.leaks_into("Bread is in the kitchen")) << "the tail is: a kitchen";
  EXPECT_FALSE(tests.leaks_into("A cat lives wild in the forest"));
  EXPECT_FALSE(tests.leaks_into("Bread is good"));

  const ScratchFolder scratch;
  const std::string file = scratch.write("s.txt", "Bread, bakery\nBread, knife\n");
  const SentenceSelection selection = select_sentences(file, after_first_word, {}, tests);
  EXPECT_EQ(selection.rejections, (SplitCounts{{"test triple", 1}}));
  EXPECT_EQ(lines_of(selection), (std::vector<int64_t>{2}));
}

}  // namespace
}  // namespace dovetail
