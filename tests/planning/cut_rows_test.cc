// SPDX-License-Identifier: Apache-2.0
#include "planning/cut_rows.h"

#include <gmock/gmock.h>

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TaskData two_rows() {
  TaskData data;
  data.train = {{.source = "a b c", .references = {"one", "one two three"}}};
  data.test = {{.source = " a\tb  c d ", .references = {"one two"}}};
  return data;
}

TEST(CutRows, CountsWordsOfBothSplitsAndOfEveryReference) {
  const WordCounts words = word_counts(two_rows());
  EXPECT_THAT(words.sources, ElementsAre(3, 4));
  EXPECT_THAT(words.targets, ElementsAre(1, 3, 2));
}

// Four tokens hold three words and </s>.
TEST(CutRows, NotesWhatHasNoRoomForSure) {
  const WordCounts words = word_counts(two_rows());
  EXPECT_THAT(cut_row_notes(words, 5, 4), IsEmpty());
  EXPECT_THAT(cut_row_notes(words, 4, 2),
              ElementsAre("1 of 2 sources have more words than max_source_length = 4 has room for "
                          "tokens, and lose their end",
                          "2 of 3 targets have more words than max_target_length = 2 has room for "
                          "tokens, and lose their end"));
}

TEST(CutRows, OneRowOfManyIsNotNoted) {
  WordCounts words{.sources = {}, .targets = std::vector<int64_t>(101, 1)};
  words.targets.front() = 9;
  EXPECT_THAT(cut_row_notes(words, 5, 4), IsEmpty());
  words.targets.pop_back();  // 1 of 100
  EXPECT_EQ(cut_row_notes(words, 5, 4).size(), 1);
}

}  // namespace
}  // namespace dovetail
