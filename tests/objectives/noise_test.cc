// SPDX-License-Identifier: Apache-2.0
#include "objectives/noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "objectives/random_prefix.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

struct MaskCase {
  Ids tokens;
  NoiseMask mask;
  Ids inputs;
  Ids targets;  // without a final sentinel
};

// Typed out by hand from the definition; the third is figure 2 of Raffel et al. 2020, "Thank you
// for inviting me to your party last week", with a number for each word.
const std::vector<MaskCase> kMaskCases = {
    {{10, 11, 12, 13, 14, 15}, {0, 1, 0, 0, 1, 1}, {10, 999, 12, 13, 998}, {999, 11, 998, 14, 15}},
    {{10, 11, 12, 13, 14, 15}, {0, 0, 0, 0, 0, 1}, {10, 11, 12, 13, 14, 999}, {999, 15}},
    {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
     {0, 0, 1, 1, 0, 0, 0, 0, 1, 0},
     {1, 2, 999, 5, 6, 7, 8, 998, 10},
     {999, 3, 4, 998, 9}},
    {{10, 11}, {0, 1}, {10, 999}, {999, 11}},
    {{10, 11, 12}, {1, 0, 1}, {999, 11, 998}, {999, 10, 998, 12}},
};

// Calls `side` for one example of the table, which draws nothing.
Ids made_by(TokenIds (*side)(const NoisyText&), const MaskCase& example, const Ids& sentinels,
            const nlohmann::json& parameters = nlohmann::json::object()) {
  Rng rng(1);
  return side({example.tokens, example.mask, sentinels, parameters, rng});
}

TEST(NoiseSpans, MatchTheTableTypedByHand) {
  const Ids sentinels = test_sentinels();
  for (const MaskCase& example : kMaskCases) {
    EXPECT_EQ(made_by(noise_span_to_unique_sentinel, example, sentinels), example.inputs);
    EXPECT_EQ(made_by(noise_spans_after_sentinels, example, sentinels), example.targets);
  }
  // figure 2 ends its targets with <Z>
  EXPECT_EQ(
      made_by(noise_spans_after_sentinels, kMaskCases[2], sentinels, {{"final_sentinel", true}}),
      (Ids{999, 3, 4, 998, 9, 997}));
}

TEST(NoiseSpans, AreDroppedOrKeptByTheMask) {
  const MaskCase example{{10, 11, 12, 13}, {0, 1, 0, 1}, {}, {}};

  EXPECT_EQ(made_by(drop_noise_tokens, example, {}), (Ids{10, 12}));
  EXPECT_EQ(made_by(drop_nonnoise_tokens, example, {}), (Ids{11, 13}));
  EXPECT_EQ(made_by(all_tokens, example, {}), example.tokens);
}

TEST(NoiseSpans, NeedASentinelEach) {
  const MaskCase example{{10, 11, 12, 13}, {0, 1, 0, 1}, {}, {}};

  EXPECT_THROW(made_by(noise_span_to_unique_sentinel, example, test_sentinels(1)), ConfigError);
  EXPECT_THROW(made_by(noise_spans_after_sentinels, example, test_sentinels(1)), ConfigError);
  EXPECT_NO_THROW(made_by(noise_spans_after_sentinels, example, test_sentinels(2)));
  EXPECT_THROW(
      made_by(noise_spans_after_sentinels, example, test_sentinels(2), {{"final_sentinel", true}}),
      ConfigError);
}

// round(length * 0.15), halves to even, then round(noise / 3), halves to even; by hand.
TEST(CountNoise, RoundsAsT5Does) {
  struct Case {
    int64_t length, tokens, spans;
  };
  for (const Case& example : std::vector<Case>{{2, 1, 1},      // 0.3, at least one
                                               {10, 2, 1},     // 1.5 to even is 2
                                               {30, 4, 1},     // 4.5 to even is 4; 1.33
                                               {50, 8, 3},     // 7.5 to even is 8; 2.67
                                               {64, 10, 3},    // 9.6; 3.33
                                               {568, 85, 28},  // T5's 512 inputs: 85.2; 28.33
                                               {128, 19, 6}}) {
    const NoiseCounts counts = count_noise(example.length, 0.15, 3.0);
    EXPECT_EQ(counts.tokens, example.tokens) << example.length;
    EXPECT_EQ(counts.spans, example.spans) << example.length;
  }
  EXPECT_EQ(count_noise(6, 0.5, 2.0).spans, 2) << "1.5 to even";
  EXPECT_EQ(count_noise(10, 0.5, 2.0).spans, 2) << "2.5 to even";
  EXPECT_EQ(count_noise(10, 0.9, 1.0).spans, 1) << "one kept token separates no two spans";
  EXPECT_EQ(count_noise(2, 0.99, 3.0).tokens, 1) << "one token stays";
}

TEST(RandomSpansNoiseMask, HasItsCountsBeginsWithTextAndEndsInNoise) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const int64_t length = 2 + static_cast<int64_t>(rng.below(300));
    const NoiseCounts counts = count_noise(length, 0.15, 3.0);

    const NoiseMask mask = random_spans_noise_mask(length, 0.15, 3.0, rng);

    ASSERT_EQ(mask.size(), length);
    EXPECT_EQ(std::count(mask.begin(), mask.end(), 1), counts.tokens);
    int64_t spans = 0;
    for (int64_t i = 1; i < length; ++i) spans += mask[i] && !mask[i - 1];
    EXPECT_EQ(spans, counts.spans);
    EXPECT_EQ(mask.front(), 0);
    EXPECT_EQ(mask.back(), 1);
  }
}

// 8 tokens, half of them noise in two spans: 3 ways for the text times 3 for the noise.
TEST(RandomSpansNoiseMask, AllMasksAreEquallyLikely) {
  std::map<NoiseMask, int> seen;
  Rng rng(5);

  for (int i = 0; i < 9000; ++i) ++seen[random_spans_noise_mask(8, 0.5, 2.0, rng)];

  EXPECT_EQ(seen.size(), 9);
  // expected 1000 each, standard deviation 30
  for (const auto& [mask, count] : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(PrefixBounds, StayInsideTheText) {
  struct Case {
    int64_t length;
    double least_fraction, most_fraction;
    int64_t least, most;
  };
  for (const Case& example : std::vector<Case>{{6, 0, 1, 1, 5},
                                               {2, 0, 1, 1, 1},
                                               {10, 0.25, 0.75, 3, 7},
                                               {100, 0.55, 0.55, 55, 55},
                                               {2, 0.9, 0.95, 1, 1},
                                               {3, 0.4, 0.5, 2, 2}}) {
    const PrefixBounds bounds =
        prefix_bounds(example.length, example.least_fraction, example.most_fraction);
    EXPECT_EQ(bounds.least, example.least) << example.length;
    EXPECT_EQ(bounds.most, example.most) << example.length;
  }
}

// 40 tokens with a prefix of 25 % to 75 %: all masks are 10 to 30 times 0, then only 1.
TEST(RandomPrefixNoiseMask, MakesTheSuffixNoise) {
  const nlohmann::json parameters{{"min_prefix", 0.25}, {"max_prefix", 0.75}};
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed), again(seed);
    const NoiseMask mask = random_prefix_noise_mask(40, parameters, rng);

    ASSERT_EQ(mask.size(), 40u);
    EXPECT_TRUE(std::is_sorted(mask.begin(), mask.end())) << seed;
    const auto prefix = std::count(mask.begin(), mask.end(), 0);
    EXPECT_EQ(prefix, random_prefix(40, 0.25, 0.75, again)) << seed;
    EXPECT_GE(prefix, 10) << seed;
    EXPECT_LE(prefix, 30) << seed;
  }
}

TEST(RandomPrefix, IsUniform) {
  std::map<int64_t, int> seen;
  Rng rng(6);

  for (int i = 0; i < 5000; ++i) ++seen[random_prefix(6, 0, 1, rng)];

  ASSERT_EQ(seen.size(), 5);
  // expected 1000 each, standard deviation 28
  for (const auto& [prefix, count] : seen) EXPECT_NEAR(count, 1000, 140) << prefix;
}

}  // namespace
}  // namespace dovetail
