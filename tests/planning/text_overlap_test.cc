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

  TextOverlap found_in(const std::string& text, size_t most_bytes = 1000) {
    std::ofstream(file_) << text << "\n";
    return text_overlap(test_passages(data_), {file_.string()}, most_bytes);
  }

  TaskData data_;
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("overlap" + std::to_string(::getpid()) + ".txt");
};

TEST_F(TextOverlapTest, TextsOfFourWordsAreNotLookedFor) {
  EXPECT_EQ(test_passages(data_).num_examples, 2);
  EXPECT_EQ(found_in("a b c d").seen, 0);
}

TEST_F(TextOverlapTest, EightWordsInARowAreEnough) {
  EXPECT_EQ(found_in("zero Three four: five six seven eight nine TEN eleven").seen, 1);
  EXPECT_EQ(found_in("zero four five six seven eight nine ten eleven").seen, 0);  // seven
}

TEST_F(TextOverlapTest, AShorterTextMustBeThereWhole) {
  EXPECT_EQ(found_in("alpha beta gamma delta").seen, 0);
  EXPECT_EQ(found_in("say alpha beta gamma delta epsilon zeta").seen, 1);
  EXPECT_EQ(found_in("alpha beta gamma delta epsilons").seen, 0);
}

TEST_F(TextOverlapTest, ALongTextIsReadToItsLimit) {
  const std::string text = "alpha beta gamma delta epsilon\n" + std::string(100, 'x') + "\n";
  EXPECT_TRUE(found_in(text).whole_text);
  EXPECT_FALSE(found_in(text, 20).whole_text);
}

TEST_F(TextOverlapTest, IsASentence) {
  found_in("alpha beta gamma delta epsilon");
  EXPECT_EQ(overlap_note(test_passages(data_), {file_.string()}),
            "1 of 2 test examples of five words or more stand in the pre-training text word for "
            "word");
  EXPECT_EQ(overlap_note(test_passages(data_), {}), "");
}

}  // namespace
}  // namespace dovetail
