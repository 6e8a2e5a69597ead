// SPDX-License-Identifier: Apache-2.0
#include "metrics/training_outputs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "metrics/tokens.h"

namespace dovetail {
namespace {

TEST(TrainingOutputs, FindTheLongestRunInOneOutput) {
  const std::vector<std::string> outputs = {"to walk to the park", "drive to the mall", "sleep"};
  const TrainingOutputs training(outputs);
  EXPECT_EQ(training.longest_run("walk to the mall"), 3) << "walk to the, or to the mall";
  EXPECT_EQ(training.longest_run("park drive"), 1) << "no run goes on in the next output";
  EXPECT_EQ(training.longest_run("mall sleep"), 1);
  EXPECT_EQ(training.longest_run("drive to the mall and sleep"), 4);
  EXPECT_EQ(training.longest_run("Sleep well"), 0) << "words as they are written";
  EXPECT_EQ(training.longest_run(""), 0);
  EXPECT_EQ(TrainingOutputs({}).longest_run("sleep"), 0);
}

// Beside a search of every run in every output.
TEST(TrainingOutputs, FindWhatASearchOfAllFinds) {
  constexpr uint64_t kSeed = 4;
  Rng rng(kSeed);
  const auto drawn = [&] {
    std::string text;
    for (uint64_t words = rng.below(9); words > 0; --words)
      text += std::string(1, static_cast<char>('a' + rng.below(3))) + " ";
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> outputs;
    for (uint64_t i = rng.below(5); i > 0; --i) outputs.push_back(drawn());
    const Tokens words = split_white_space(drawn());
    std::string text;
    for (const std::string& word : words) text += word + " ";
    int64_t longest = 0;
    for (auto first = words.begin(); first != words.end(); ++first) {
      for (auto last = first + 1; last <= words.end(); ++last) {
        for (const std::string& output : outputs) {
          const Tokens all = split_white_space(output);
          if (std::search(all.begin(), all.end(), first, last) != all.end())
            longest = std::max(longest, last - first);
        }
      }
    }
    EXPECT_EQ(TrainingOutputs(outputs).longest_run(text), longest) << "seed " << kSeed;
  }
}

}  // namespace
}  // namespace dovetail
