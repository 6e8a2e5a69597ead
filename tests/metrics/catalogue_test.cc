// SPDX-License-Identifier: Apache-2.0
// What holds for every entry of metrics.inc.
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/random.h"
#include "metrics/metric.h"

namespace dovetail {
namespace {

class EveryMetric : public testing::TestWithParam<Metric> {
 protected:
  double score(const std::string& prediction, const std::vector<std::string>& references) {
    return GetParam().of(prediction, references);
  }
};

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryMetric, testing::ValuesIn(metrics()),
                         [](const auto& info) { return info.param.name; });

std::string random_text(Rng& rng) {
  const std::vector<std::string> words{"to", "drive", "The", "mall", "x1", "a", "."};
  std::string text;
  for (uint64_t i = rng.below(8); i > 0; --i) text += words[rng.below(words.size())] + " ";
  return text;
}

TEST_P(EveryMetric, IsBetweenZeroAndOne) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Rng rng(seed);
    const double found = score(random_text(rng), {random_text(rng), random_text(rng)});
    EXPECT_GE(found, 0) << seed;
    EXPECT_LE(found, 1) << seed;
  }
}

TEST_P(EveryMetric, IsOneForTheSameText) {
  EXPECT_DOUBLE_EQ(score("to drive there", {"to drive there"}), 1);
  EXPECT_DOUBLE_EQ(score("to drive there", {"nothing alike", "to drive there"}), 1);
}

TEST_P(EveryMetric, IsZeroForAnEmptyPrediction) {
  EXPECT_EQ(score("", {"to drive there"}), 0);
  EXPECT_EQ(score("  \t", {"to drive there", "x"}), 0);
}

TEST_P(EveryMetric, TakesTheBestReferenceInAnyOrder) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const std::string prediction = random_text(rng), a = random_text(rng), b = random_text(rng);
    const double best = std::max(score(prediction, {a}), score(prediction, {b}));
    EXPECT_EQ(score(prediction, {a, b}), best) << seed;
    EXPECT_EQ(score(prediction, {b, a}), best) << seed;
  }
}

TEST_P(EveryMetric, IsDefinedAndNeedsAReference) {
  EXPECT_FALSE(GetParam().definition.empty());
  EXPECT_THROW(score("x", {}), std::logic_error);
}

TEST(Metrics, AreFoundByName) {
  EXPECT_EQ(find_metric("rouge_l").name, "rouge_l");
  try {
    find_metric("rougel");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"rouge_l\""), std::string::npos);
  }
}

}  // namespace
}  // namespace dovetail
