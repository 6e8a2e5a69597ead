// SPDX-License-Identifier: Apache-2.0
// Properties of every entry of metrics.inc. A new metric has all of them, or stands in one of the
// lists below, with the reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "metrics/coverage.h"
#include "metrics/items.h"

namespace dovetail {

// GoogleTest prints it beside a failure.
static void PrintTo(const Metric& metric, std::ostream* out) { *out << metric.name; }

namespace {

using Names = std::set<std::string>;

// Texts are numbers.
const Names kRegression{"pearson"};

// Not the best over the references: BLEU and CIDEr count n-grams of all references, the COCO scorer
// takes precision from one and recall from another, and MKQA's F1 counts words or characters by all
// references; the others do not read references.
const Names kNotBestReference{"rouge_l_coco", "token_f1_mkqa", "bleu",       "bleu_1",
                              "bleu_2",       "bleu_3",        "bleu_4",     "cider",
                              "pearson",      "distinct_1",    "distinct_2", "distinct_predictions",
                              "output_length"};

// An empty prediction counts as a different one; among numbers it stands for their mean.
const Names kEmptyIsNotWorst{"distinct_predictions", "pearson"};

// Diversity and length have no right answer; METEOR deducts a little for the one chunk of a perfect
// match.
const Names kNoPerfection{"distinct_1", "distinct_2", "meteor_nltk", "output_length"};

const Names kNeedsWordNet{"meteor_nltk"};

// Numbers that are equal or almost, or both missing.
void expect_near(double found, double expected, double tolerance, uint64_t seed) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found)) << "seed " << seed;
  } else {
    EXPECT_NEAR(found, expected, tolerance) << "seed " << seed;
  }
}

class EveryMetric : public testing::TestWithParam<Metric> {
 protected:
  void SetUp() override {
    if (in(kNeedsWordNet) && !has_wordnet())
      GTEST_SKIP() << "WordNet is not here: install wordnet-base";
  }

  bool in(const Names& names) const { return names.contains(metric_.name); }
  bool numbers() const { return in(kRegression); }
  double worst() const { return metric_.higher_is_better ? metric_.minimum : metric_.maximum; }
  double best() const { return metric_.higher_is_better ? metric_.maximum : metric_.minimum; }

  Items random_items(uint64_t seed) const {
    Rng rng(seed);
    Items items;
    for (int i = 0; i < 8; ++i) items.push_back(random_item(rng, numbers()));
    return items;
  }

  double of_all(const Items& items) const { return metric_.of_all(items, metric_.score(items)); }

  const Metric& metric_ = GetParam();
};

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryMetric, testing::ValuesIn(metrics()),
                         [](const auto& info) { return info.param.name; });

TEST_P(EveryMetric, StaysWithinItsBounds) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Items items = random_items(seed);
    std::vector<double> values = metric_.score(items);
    ASSERT_EQ(values.size(), items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      const bool readable = can_read(metric_.words, letters_of(items[i].references));
      EXPECT_EQ(std::isnan(values[i]), !readable) << seed;
    }
    values.push_back(metric_.of_all(items, values));
    std::erase_if(values, [](double value) { return std::isnan(value); });
    for (const double value : values) {
      EXPECT_TRUE(std::isfinite(value)) << seed;
      EXPECT_GE(value, metric_.minimum) << seed;
      EXPECT_LE(value, metric_.maximum) << seed;
    }
  }
}

TEST_P(EveryMetric, DoesNotDependOnTheOrderOfItems) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Items items = random_items(seed);
    const std::vector<double> before = metric_.score(items);
    const double all_before = of_all(items);

    std::rotate(items.begin(), items.begin() + 3, items.end());

    const std::vector<double> after = metric_.score(items);
    for (size_t i = 0; i < items.size(); ++i) {
      expect_near(after[i], before[(i + 3) % items.size()], 1e-12, seed);
    }
    expect_near(of_all(items), all_before, 1e-12 * std::max(1.0, all_before), seed);
  }
}

TEST_P(EveryMetric, CountsAReferenceOnceHoweverOftenItIsGiven) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Items items = random_items(seed);
    const std::vector<double> before = metric_.score(items);

    for (ScoredItem& item : items) {
      const Texts references = item.references;
      const auto ranks = item.token_ranks;
      item.references.insert(item.references.end(), references.begin(), references.end());
      item.token_ranks.insert(item.token_ranks.end(), ranks.begin(), ranks.end());
    }

    const std::vector<double> after = metric_.score(items);
    for (size_t i = 0; i < items.size(); ++i) expect_near(after[i], before[i], 1e-12, seed);
  }
}

// Smoothed scorers miss 1 by 1e-8.
TEST_P(EveryMetric, IsBestWhereAllIsRight) {
  const Items items = perfect_items(numbers());
  const std::vector<double> scores = metric_.score(items);

  if (in(kNoPerfection)) return;
  EXPECT_NEAR(of_all(items), in(kRegression) ? 1 : best(), 1e-6);
  if (metric_.maximum == kUnbounded && metric_.higher_is_better) return;
  if (!in(Names{"distinct_predictions"})) {
    for (const double score : scores) EXPECT_NEAR(score, best(), 1e-6);
  }
}

// Never 0 for a right answer: a metric that cannot read a script has no score, and for each there
// is one that decides.
TEST_P(EveryMetric, IsBestOrMissingForARightAnswerInAnyScript) {
  if (numbers() || in(kNoPerfection) || in(Names{"distinct_predictions"})) return;

  for (const auto& [language, texts] : kTextsOf) {
    const Items items = perfect_items(texts);
    SetLetters references;
    for (const ScoredItem& item : items) references.add(item.references);
    std::vector<double> scores = metric_.score(items);
    const double all = metric_.of_all(items, scores);
    if (std::isnan(all)) {
      EXPECT_FALSE(references.may_decide(metric_.words)) << language;
      continue;
    }
    EXPECT_NEAR(all, best(), 1e-6) << language;
    if (metric_.maximum == kUnbounded && metric_.higher_is_better) continue;
    for (const double score : scores) {
      if (std::isnan(score)) continue;
      EXPECT_NEAR(score, best(), 1e-6) << language;
    }
  }
}

TEST_P(EveryMetric, IsWorstForAnEmptyPrediction) {
  if (metric_.evidence != Evidence::text || in(kEmptyIsNotWorst)) return;

  for (const char* blank : {"", "  \t", "\u00a0"}) {
    Items items = perfect_items(numbers());
    items[0].prediction = blank;
    items[0].references.push_back("x");
    EXPECT_EQ(metric_.score(items)[0], worst()) << "'" << blank << "'";
  }
}

TEST_P(EveryMetric, TakesTheBestReferenceInAnyOrder) {
  if (metric_.evidence != Evidence::text || in(kNotBestReference)) return;

  for (uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const std::string prediction = random_text(rng, false), a = random_text(rng, false),
                      b = random_text(rng, false);
    if (!can_read(metric_.words, letters_of(Texts{a})) ||
        !can_read(metric_.words, letters_of(Texts{b})))
      continue;
    const double best = std::max(metric_.of(prediction, {a}), metric_.of(prediction, {b}));
    EXPECT_EQ(metric_.of(prediction, {a, b}), best) << seed;
    EXPECT_EQ(metric_.of(prediction, {b, a}), best) << seed;
  }
}

TEST_P(EveryMetric, IsDefinedAndNeedsAReference) {
  EXPECT_FALSE(metric_.definition.empty());
  Items items = perfect_items(numbers());
  items[1].references.clear();
  EXPECT_THROW(metric_.score(items), std::logic_error);
}

// Trap 10: an item that cannot be scored is an error that names the missing key, not 0 or -1.
TEST_P(EveryMetric, Trap10MissingEvidenceIsAnError) {
  if (metric_.evidence == Evidence::text) return;
  Items items = perfect_items(numbers());
  items[1] = item(items[1].prediction, items[1].references);

  try {
    metric_.score(items);
    FAIL() << "a number for an item without evidence";
  } catch (const ItemError& error) {
    EXPECT_EQ(error.item, 1);
    EXPECT_NE(error.reason.find("\"" + metric_.name + "\" needs \""), std::string::npos)
        << error.what();
    EXPECT_EQ(std::string(error.what()).find("item 2: "), 0);
  }
}

// Trap 2: the best of several predictions has a name of its own; every other metric reads one.
TEST_P(EveryMetric, Trap2OnlyBestOfKReadsSamples) {
  Items items = perfect_items(numbers());
  items[0].prediction = numbers() ? "7" : "nothing alike";
  const std::vector<double> before = metric_.score(items);

  items[0].samples = items[0].references;

  const bool changed = metric_.score(items) != before;
  EXPECT_EQ(changed, metric_.name.starts_with("best_of_k_"));
  EXPECT_EQ(metric_.evidence == Evidence::samples, metric_.name.starts_with("best_of_k_"));
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
