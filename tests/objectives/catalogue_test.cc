// SPDX-License-Identifier: Apache-2.0
// What holds for every entry of objectives.inc.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "objectives/objective.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

class EveryObjective : public testing::TestWithParam<Objective> {};

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryObjective, testing::ValuesIn(objectives()),
                         [](const auto& info) { return info.param.name; });

// The text again: sentinels of the inputs replaced by what the targets say for them. Without
// sentinels the targets continue the inputs.
Ids reconstruct(const Denoised& denoised) {
  if (std::none_of(denoised.inputs.begin(), denoised.inputs.end(), is_sentinel)) {
    Ids text = denoised.inputs;
    text.insert(text.end(), denoised.targets.begin(), denoised.targets.end());
    return text;
  }
  std::map<int32_t, Ids> spans;
  int32_t sentinel = 0;
  for (const int32_t id : denoised.targets) {
    if (is_sentinel(id)) {
      sentinel = id;
    } else {
      spans[sentinel].push_back(id);
    }
  }
  Ids text;
  for (const int32_t id : denoised.inputs) {
    if (is_sentinel(id)) {
      text.insert(text.end(), spans[id].begin(), spans[id].end());
    } else {
      text.push_back(id);
    }
  }
  return text;
}

TEST_P(EveryObjective, LosesNothing) {
  const Ids sentinels = test_sentinels();
  for (const auto& parameters : {GetParam().defaults, GetParam().example}) {
    for (uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(seed);
      Rng rng(seed);
      const Ids tokens = test_tokens(2 + static_cast<int>(rng.below(200)));

      const Denoised denoised = GetParam().apply(tokens, sentinels, parameters, rng);

      EXPECT_EQ(reconstruct(denoised), tokens);
      EXPECT_FALSE(denoised.inputs.empty());
      EXPECT_FALSE(denoised.targets.empty());
    }
  }
}

TEST_P(EveryObjective, IsDeterministicInTheSeedAndVariesWithIt) {
  const Ids sentinels = test_sentinels(), tokens = test_tokens(100);
  int distinct = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Rng first(seed), again(seed), other(seed + 1000);
    const Denoised a = GetParam().apply(tokens, sentinels, GetParam().defaults, first);
    const Denoised b = GetParam().apply(tokens, sentinels, GetParam().defaults, again);
    const Denoised c = GetParam().apply(tokens, sentinels, GetParam().defaults, other);

    EXPECT_EQ(a.inputs, b.inputs);
    EXPECT_EQ(a.targets, b.targets);
    distinct += a.inputs != c.inputs;
  }
  EXPECT_GE(distinct, 7);
}

TEST_P(EveryObjective, KeepsTheSentinelsInOrder) {
  const Ids sentinels = test_sentinels();
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const Denoised denoised =
        GetParam().apply(test_tokens(120), sentinels, GetParam().defaults, rng);
    for (const Ids& side : {denoised.inputs, denoised.targets}) {
      Ids found;
      std::copy_if(side.begin(), side.end(), std::back_inserter(found), is_sentinel);
      EXPECT_EQ(found, Ids(sentinels.begin(), sentinels.begin() + found.size()));
    }
  }
}

TEST_P(EveryObjective, StaysWithinTheLengthItPromised) {
  const Ids sentinels = test_sentinels(300);
  for (const auto& parameters : {GetParam().defaults, GetParam().example}) {
    for (const int64_t length : {3, 4, 5, 16, 17, 64, 128, 511, 512}) {
      const int64_t chunk = GetParam().chunk_length(length, parameters);
      ASSERT_GE(chunk, 2) << length;
      int64_t longest = 0;
      for (uint64_t seed = 0; seed < 40; ++seed) {
        Rng rng(seed);
        // every second text is shorter than the chunk, as the last one of a document is
        const int64_t tokens = seed % 2 ? 2 + static_cast<int64_t>(rng.below(chunk - 1)) : chunk;
        const Denoised denoised =
            GetParam().apply(test_tokens(static_cast<int>(tokens)), sentinels, parameters, rng);
        longest = std::max<int64_t>(longest, denoised.inputs.size() + 1);
      }
      EXPECT_LE(longest, length) << "chunks of " << chunk;
    }
    EXPECT_THROW(GetParam().chunk_length(2, parameters), ConfigError);
  }
}

TEST_P(EveryObjective, TakesTwoTokens) {
  const Ids tokens{10, 11};
  for (uint64_t seed = 0; seed < 5; ++seed) {
    Rng rng(seed);
    const Denoised denoised = GetParam().apply(tokens, test_sentinels(), GetParam().defaults, rng);
    EXPECT_EQ(denoised.inputs.front(), 10);
    EXPECT_EQ(denoised.targets.back(), 11);
  }
}

TEST_P(EveryObjective, IsDescribedAndAcceptsItsOwnParameters) {
  EXPECT_FALSE(GetParam().paper.empty());
  EXPECT_TRUE(GetParam().defaults.is_object());
  EXPECT_EQ(make_objective(GetParam().name).parameters, GetParam().defaults);
  EXPECT_NO_THROW(make_objective(GetParam().name, GetParam().example));
  EXPECT_THROW(make_objective(GetParam().name, {{"no_such_key", 1}}), ConfigError);
}

TEST(Objectives, AreFoundByNameOnly) {
  for (const Objective& objective : objectives()) {
    EXPECT_EQ(find_objective(objective.name).name, objective.name);
  }
  EXPECT_THROW(find_objective("none"), ConfigError) << "none means no pre-training, not an entry";
}

}  // namespace
}  // namespace dovetail
