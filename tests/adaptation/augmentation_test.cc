// SPDX-License-Identifier: Apache-2.0
#include "adaptation/augmentation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/names.h"

namespace dovetail {
namespace {

const std::string kText = "one two three four five six seven eight nine ten";

std::vector<std::string> words(const std::string& text) { return split(text, ' '); }

TEST(Augmentation, NoneKeepsTheText) {
  Rng rng(1);
  EXPECT_EQ(augmented_text(kText, "none", 0.5, rng), kText);
}

TEST(Augmentation, WordsDropsAndSwapsSome) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed);
    const std::string text = augmented_text(kText, "words", 0.3, rng);  // three changes
    std::vector<std::string> left = words(text), all = words(kText);
    EXPECT_GE(left.size(), 7u) << text;
    std::ranges::sort(left);
    std::ranges::sort(all);
    EXPECT_TRUE(std::ranges::includes(all, left)) << text;
    EXPECT_NE(text, "") << seed;
    seen.insert(text);
  }
  EXPECT_GT(seen.size(), 40u);
}

TEST(Augmentation, SpansDropsAShareOfTheWordsInOrder) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed);
    const std::vector<std::string> left = words(augmented_text(kText, "spans", 0.3, rng));
    EXPECT_EQ(left.size(), 7u);
    const std::vector<std::string> all = words(kText);
    auto place = all.begin();
    for (const std::string& word : left) {
      place = std::find(place, all.end(), word);
      ASSERT_NE(place, all.end());
    }
  }
}

// In data/wordnet-sample, noesis stands beside cognition and knowledge alone, flora beside plant
// and plant life; qqq stands nowhere.
TEST(Augmentation, SynonymsPutsAWordOfTheSynsetInAWordsPlace) {
  ::setenv("WNSEARCHDIR", DOVETAIL_SOURCE_DIR "/data/wordnet-sample", 1);
  std::set<std::string> one, both;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Rng rng(seed);
    one.insert(augmented_text("Noesis qqq flora", "synonyms", 0.3, rng));
    both.insert(augmented_text("Noesis qqq flora", "synonyms", 0.99, rng));
    EXPECT_EQ(augmented_text("qqq qqq", "synonyms", 0.99, rng), "qqq qqq");
  }
  EXPECT_EQ(one, (std::set<std::string>{"cognition qqq flora", "knowledge qqq flora",
                                        "Noesis qqq plant", "Noesis qqq plant life"}));
  EXPECT_EQ(both, (std::set<std::string>{"cognition qqq plant", "cognition qqq plant life",
                                         "knowledge qqq plant", "knowledge qqq plant life"}));
}

TEST(Augmentation, LeavesAWord) {
  for (const char* way : {"words", "spans"}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Rng rng(seed);
      EXPECT_NE(augmented_text("a b", way, 0.99, rng), "") << way;
      EXPECT_EQ(augmented_text("alone", way, 0.99, rng), "alone") << way;
    }
  }
}

TEST(Augmentation, ChangesBothTextsOfAPair) {
  Example pair{.source = kText, .references = {"yes"}};
  pair.fields["pair"] = kText;
  Rng rng(3);

  const Example changed = augmented(pair, "spans", 0.3, rng);

  EXPECT_EQ(words(changed.source).size(), 7u);
  EXPECT_EQ(words(changed.fields.at("pair")).size(), 7u);
  EXPECT_EQ(changed.references, pair.references);
}

}  // namespace
}  // namespace dovetail
