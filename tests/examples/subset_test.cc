// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "examples/subset.h"
#include "examples/task.h"

namespace dovetail {
namespace {

using Indices = std::vector<int64_t>;

TaskData sample_data(int train, int test) {
  TaskData data{.name = "sample"};
  for (int i = 0; i < train; ++i) data.train.push_back({"head " + std::to_string(i), {"x"}});
  for (int i = 0; i < test; ++i) data.test.push_back({"test " + std::to_string(i), {"x"}});
  return data;
}

Subset choose_subset(const TaskData& data, int64_t examples, int64_t references, double fraction,
                     int64_t validation_examples, uint64_t seed) {
  return dovetail::choose_subset(data, {.examples = examples,
                                        .fraction = fraction,
                                        .references = references,
                                        .validation_examples = validation_examples,
                                        .seed = seed});
}
using dovetail::choose_subset;

TEST(ChooseSubset, IsNestedAndDisjointFromValidation) {
  const TaskData data = sample_data(200, 1);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Indices smaller;
    for (const int64_t examples : {1, 4, 16, 64, 180}) {
      const Subset subset = choose_subset(data, examples, 3, 0, 20, seed);

      ASSERT_EQ(subset.examples.size(), examples);
      EXPECT_EQ(subset.references, 3);
      EXPECT_TRUE(std::equal(smaller.begin(), smaller.end(), subset.examples.begin()));
      smaller = subset.examples;
      ASSERT_EQ(subset.validation.size(), 20);
      EXPECT_EQ(subset.validation, choose_subset(data, 1, 1, 0, 20, seed).validation);
      std::set<int64_t> all(subset.examples.begin(), subset.examples.end());
      all.insert(subset.validation.begin(), subset.validation.end());
      EXPECT_EQ(all.size(), examples + 20) << "no head twice, none in both";
      EXPECT_GE(*all.begin(), 0);
      EXPECT_LT(*all.rbegin(), 200);
    }
  }
}

TEST(ChooseSubset, DiffersPerSeedAndRepeats) {
  const TaskData data = sample_data(100, 1);

  EXPECT_EQ(choose_subset(data, 16, 0, 0, 0, 1).examples,
            choose_subset(data, 16, 0, 0, 0, 1).examples);
  EXPECT_NE(choose_subset(data, 16, 0, 0, 0, 1).examples,
            choose_subset(data, 16, 0, 0, 0, 2).examples);
}

TEST(ChooseSubset, TakesFractionsOfWhatIsNotHeldOut) {
  const TaskData data = sample_data(110, 1);
  const auto size = [&](double fraction) {
    return choose_subset(data, 0, 0, fraction, 10, 1).examples.size();
  };

  EXPECT_EQ(size(0), 100) << "neither examples nor fraction: all";
  EXPECT_EQ(size(1), 100);
  EXPECT_EQ(size(0.25), 25);
  EXPECT_EQ(size(0.0001), 1);
}

TEST(ChooseSubset, RefusesMoreThanThereIs) {
  const TaskData data = sample_data(10, 1);

  EXPECT_THROW(choose_subset(data, 11, 0, 0, 0, 1), ConfigError);
  EXPECT_THROW(choose_subset(data, 6, 0, 0, 5, 1), ConfigError);
  EXPECT_THROW(choose_subset(data, 0, 0, 0, 10, 1), ConfigError);
  EXPECT_NO_THROW(choose_subset(data, 5, 0, 0, 5, 1));
}

TaskData labelled_data(const std::vector<int>& per_label) {
  TaskData data{.name = "labelled", .layout = Layout::classification};
  for (size_t label = 0; label < per_label.size(); ++label) {
    data.labels.push_back("label " + std::to_string(label));
    for (int i = 0; i < per_label[label]; ++i) {
      const std::string source = std::to_string(label) + "/" + std::to_string(i);
      data.train.push_back({.source = source,
                            .references = {data.labels.back()},
                            .answer = static_cast<int64_t>(label)});
    }
  }
  return data;
}

TEST(ChooseSubset, TakesSoManyOfEachClass) {
  const TaskData data = labelled_data({40, 200, 25});
  for (uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Indices smaller;
    for (const int64_t per_class : {1, 4, 15}) {
      const Subset subset =
          choose_subset(data, {.per_class = per_class, .validation_examples = 5, .seed = seed});

      ASSERT_EQ(subset.examples.size(), 3 * per_class);
      EXPECT_TRUE(std::equal(smaller.begin(), smaller.end(), subset.examples.begin()));
      smaller = subset.examples;
      std::vector<int64_t> counts(3);
      for (const int64_t index : subset.examples) ++counts[data.train[index].answer];
      EXPECT_EQ(counts, Indices(3, per_class));
      std::set<int64_t> all(subset.examples.begin(), subset.examples.end());
      all.insert(subset.validation.begin(), subset.validation.end());
      EXPECT_EQ(all.size(), subset.examples.size() + 5);
    }
  }
  EXPECT_NE(choose_subset(data, {.per_class = 4, .seed = 1}).examples,
            choose_subset(data, {.per_class = 4, .seed = 2}).examples);
}

TEST(ChooseSubset, RefusesAClassThatIsTooSmall) {
  EXPECT_THROW(choose_subset(labelled_data({40, 3}), {.per_class = 4, .seed = 1}), ConfigError);
  EXPECT_THROW(choose_subset(labelled_data({40, 0}), {.per_class = 4, .seed = 1}), ConfigError);
  EXPECT_THROW(choose_subset(sample_data(40, 1), {.per_class = 4, .seed = 1}), ConfigError)
      << "no labels";
}

// A fifth choice is rare: nobody wants to go without questions for its sake.
TEST(ChooseSubset, TakesUpToSoManyQuestionsOfEachPlace) {
  TaskData data = labelled_data({40, 40, 2});
  data.labels.clear();
  data.layout = Layout::question;

  EXPECT_EQ(choose_subset(data, {.per_class = 16, .seed = 1}).examples.size(), 34);
}

TEST(ChooseSubset, ValidatesOnTheDatasOwnExamples) {
  TaskData data = labelled_data({16, 16});
  data.validation = labelled_data({8, 8}).train;

  const Subset all =
      choose_subset(data, {.validation_examples = 50, .seed = 1, .own_validation = true});
  const Subset some = choose_subset(
      data, {.per_class = 16, .validation_examples = 5, .seed = 1, .own_validation = true});
  const Subset none = choose_subset(data, {.validation_examples = 5, .seed = 1});

  EXPECT_TRUE(all.own_validation);
  EXPECT_EQ(all.examples.size(), 32) << "nothing is held out of train";
  EXPECT_EQ(all.validation.size(), 16);
  EXPECT_EQ(some.examples.size(), 32);
  EXPECT_EQ(some.validation.size(), 5);
  EXPECT_FALSE(none.own_validation);
  EXPECT_EQ(none.examples.size(), 27);
}

TEST(ChooseTest, TellsQuestionsWithTheSameWordsByTheirChoices) {
  TaskData data{.name = "questions", .layout = Layout::question};
  for (int i = 0; i < 40; ++i) {
    const std::string right = "right " + std::to_string(i);
    data.test.push_back({.source = "Which?", .references = {right}, .choices = {right, "wrong"}});
  }
  TaskData reversed = data;
  std::reverse(reversed.test.begin(), reversed.test.end());
  const auto texts = [](const TaskData& from) {
    std::vector<std::string> found;
    for (const int64_t index : choose_test(from, 10)) {
      found.push_back(from.test[index].references[0]);
    }
    return found;
  };

  EXPECT_EQ(texts(data), texts(reversed));
}

TEST(ChooseTest, DependsOnTheTextsOnly) {
  const TaskData data = sample_data(1, 100);
  TaskData shuffled = data;
  Rng rng(3);
  rng.shuffle(std::span(shuffled.test));
  const auto texts = [](const TaskData& from, const Indices& indices) {
    std::vector<std::string> found;
    for (const int64_t index : indices) found.push_back(from.test[index].source);
    return found;
  };

  const auto chosen = texts(data, choose_test(data, 30));

  EXPECT_EQ(chosen.size(), 30);
  EXPECT_EQ(chosen, texts(shuffled, choose_test(shuffled, 30)));
  const auto more = texts(data, choose_test(data, 60));
  EXPECT_TRUE(std::equal(chosen.begin(), chosen.end(), more.begin())) << "nested";
  Indices all = choose_test(data, 0);
  EXPECT_EQ(choose_test(data, 1000), all);
  std::sort(all.begin(), all.end());
  Indices expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

}  // namespace
}  // namespace dovetail
