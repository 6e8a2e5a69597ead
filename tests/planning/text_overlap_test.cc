// SPDX-License-Identifier: Apache-2.0
#include "planning/text_overlap.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dovetail {
namespace {

class TextOverlapTest : public testing::Test {
 protected:
  TextOverlapTest() {
    for (const char* text : {"one two three four five six seven eight nine ten",
                             "Alpha beta, gamma delta epsilon!", "a b c d"}) {
      Example example;
      example.source = text;
      example.references = {"short"};
      data_.test.push_back(example);
    }
  }
  ~TextOverlapTest() override { std::filesystem::remove(file_); }

  TextOverlap overlap_with(const std::string& text, size_t most_bytes = 1000) {
    std::ofstream(file_) << text << "\n";
    return text_overlap({{"task", test_passages(data_)}}, {file_.string()}, most_bytes);
  }
  int64_t found_in(const std::string& text) { return overlap_with(text).seen.at("task"); }

  TaskData data_;
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("overlap" + std::to_string(::getpid()) + ".txt");
};

TEST_F(TextOverlapTest, TextsOfFourWordsAreNotLookedFor) {
  EXPECT_EQ(test_passages(data_).num_examples, 2);
  EXPECT_EQ(found_in("a b c d"), 0);
}

TEST_F(TextOverlapTest, EightWordsInARowAreEnough) {
  EXPECT_EQ(found_in("zero Three four: five six seven eight nine TEN eleven"), 1);
  EXPECT_EQ(found_in("zero four five six seven eight nine ten eleven"), 0);  // seven
}

TEST_F(TextOverlapTest, AShorterTextMustBeThereWhole) {
  EXPECT_EQ(found_in("alpha beta gamma delta"), 0);
  EXPECT_EQ(found_in("say alpha beta gamma delta epsilon zeta"), 1);
  EXPECT_EQ(found_in("alpha beta gamma delta epsilons"), 0);
}

TEST_F(TextOverlapTest, ALongTextIsReadToItsLimit) {
  const std::string text = "alpha beta gamma delta epsilon\n" + std::string(100, 'x') + "\n";
  EXPECT_TRUE(overlap_with(text).whole_text);
  EXPECT_FALSE(overlap_with(text, 20).whole_text);
}

TEST_F(TextOverlapTest, TasksAreCountedApart) {
  TaskData other;
  for (const char* text : {"alpha beta gamma delta epsilon", "p q r s t", "u v w x y"})
    other.test.push_back({.source = text});
  std::ofstream(file_) << "alpha beta gamma delta epsilon\nu v w x y\np q r s t";
  const std::map<std::string, TestPassages> tasks{{"one", test_passages(data_)},
                                                  {"other", test_passages(other)}};
  const std::map<std::string, int64_t> expected{{"one", 1}, {"other", 3}};
  EXPECT_EQ(text_overlap(tasks, {file_.string()}, 1000).seen, expected);
}

TEST_F(TextOverlapTest, IsASentence) {
  found_in("alpha beta gamma delta epsilon");
  EXPECT_EQ(overlap_notes({{"task", test_passages(data_)}}, {file_.string()}).at("task"),
            "1 of 2 test examples of five words or more stand in the pre-training text word for "
            "word");
  EXPECT_EQ(overlap_notes({{"task", test_passages(data_)}}, {}).at("task"), "");
}

}  // namespace
}  // namespace dovetail
