// SPDX-License-Identifier: Apache-2.0
// Properties of every entry of objectives.inc.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "objectives/objective.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

class EveryObjective : public testing::TestWithParam<Objective> {};

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryObjective, testing::ValuesIn(objectives()),
                         [](const auto& info) { return info.param.name; });

Ids sentinels_of(const Ids& ids) {
  Ids found;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(found), is_sentinel);
  return found;
}

// The inputs, each sentinel replaced by its span in the targets. Without sentinels the targets
// continue the inputs.
Ids fill_in(const Ids& inputs, const Ids& targets) {
  Ids text = inputs;
  if (sentinels_of(inputs).empty()) {
    text.insert(text.end(), targets.begin(), targets.end());
    return text;
  }
  std::map<int32_t, Ids> spans;
  int32_t sentinel = 0;
  for (const int32_t id : targets) {
    if (is_sentinel(id)) {
      sentinel = id;
    } else {
      spans[sentinel].push_back(id);
    }
  }
  text.clear();
  for (const int32_t id : inputs) {
    if (is_sentinel(id)) {
      text.insert(text.end(), spans[id].begin(), spans[id].end());
    } else {
      text.push_back(id);
    }
  }
  return text;
}

Ids without_texts(Ids ids) {
  std::erase_if(ids, is_text_id);
  return ids;
}

// Without sentinels: what was dropped goes back to its places.
Ids interleaved(const Ids& inputs, const Ids& targets, const NoiseMask& noise) {
  Ids text;
  size_t kept = 0, dropped = 0;
  for (const char is_noise : noise) {
    const Ids& side = is_noise ? targets : inputs;
    size_t& next = is_noise ? dropped : kept;
    if (next < side.size()) text.push_back(side[next++]);
  }
  return text;
}

// The text again: the targets hold it, or the part of it that the inputs lack.
Ids reconstruct(const Denoised& denoised, const Ids& tokens) {
  if (denoised.targets == tokens) return tokens;
  if (sentinels_of(denoised.inputs).empty() && !denoised.noise.empty())
    return interleaved(without_texts(denoised.inputs), denoised.targets, denoised.noise);
  return fill_in(without_texts(denoised.inputs), denoised.targets);
}

TEST_P(EveryObjective, LosesNothing) {
  for (const auto& parameters : {defaults_of(GetParam()), GetParam().example}) {
    for (uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(seed);
      Rng rng(seed);
      const Ids tokens = test_tokens(2 + static_cast<int>(rng.below(200)));

      const Denoised denoised = apply_to(GetParam(), parameters, tokens, rng);

      EXPECT_EQ(reconstruct(denoised, tokens), tokens);
      EXPECT_EQ(denoised.inputs.empty(), GetParam().networks == Networks::causal);
      EXPECT_FALSE(denoised.targets.empty());
      EXPECT_EQ(without_texts(denoised.targets), denoised.targets);
    }
  }
}

// An objective that draws nothing may give the same example for every seed.
TEST_P(EveryObjective, IsDeterministicInTheSeedAndVariesWithIt) {
  const Ids tokens = test_tokens(100);
  int distinct = 0;
  bool draws = false;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Rng first(seed), again(seed), other(seed + 1000);
    const Denoised a = apply_to(GetParam(), defaults_of(GetParam()), tokens, first);
    const Denoised b = apply_to(GetParam(), defaults_of(GetParam()), tokens, again);
    const Denoised c = apply_to(GetParam(), defaults_of(GetParam()), tokens, other);

    EXPECT_EQ(a.inputs, b.inputs);
    EXPECT_EQ(a.targets, b.targets);
    distinct += a.inputs != c.inputs;
    draws |= first.next() != Rng(seed).next();
  }
  if (draws) {
    EXPECT_GE(distinct, 7);
  }
}

// <extra_id_0>, <extra_id_1>, ... on each side; or one repeated sentinel, where the targets are the
// text.
TEST_P(EveryObjective, KeepsTheSentinelsInOrder) {
  const Ids sentinels = test_sentinels();
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const Denoised denoised = apply_to(GetParam(), defaults_of(GetParam()), test_tokens(120), rng);
    const Ids in_inputs = sentinels_of(denoised.inputs),
              in_targets = sentinels_of(denoised.targets);
    if (denoised.targets == test_tokens(120)) {
      EXPECT_EQ(in_inputs, Ids(in_inputs.size(), sentinels[0]));
      continue;
    }
    EXPECT_EQ(in_inputs, Ids(sentinels.begin(), sentinels.begin() + in_inputs.size()));
    EXPECT_EQ(in_targets, Ids(sentinels.begin(), sentinels.begin() + in_targets.size()));
  }
}

TEST_P(EveryObjective, StaysWithinTheLengthItPromised) {
  for (const auto& given : {defaults_of(GetParam()), GetParam().example}) {
    const nlohmann::json parameters = resolve_parameters(GetParam(), given);
    for (const int64_t length : {3, 4, 5, 16, 17, 64, 128, 511, 512}) {
      const int64_t chunk = GetParam().chunk_length(length, parameters);
      ASSERT_GE(chunk, 2) << length;
      int64_t longest = 0;
      for (uint64_t seed = 0; seed < 40; ++seed) {
        Rng rng(seed);
        // every second text is shorter than the chunk, like the last one of a document
        const int64_t tokens = seed % 2 ? 2 + static_cast<int64_t>(rng.below(chunk - 1)) : chunk;
        const Ids text = test_tokens(static_cast<int>(tokens));
        const Denoised denoised = apply_to(GetParam(), parameters, text, rng, 300);
        longest = std::max<int64_t>(longest, without_texts(denoised.inputs).size() + 1);
      }
      EXPECT_LE(longest, length) << "chunks of " << chunk;
    }
    EXPECT_THROW(GetParam().chunk_length(2, parameters), ConfigError);
  }
}

// Texts stand in front, at most one in each example, and all of them are used.
TEST_P(EveryObjective, BeginsWithOneOfItsTexts) {
  const std::vector<Ids> texts = test_texts(texts_of(GetParam(), defaults_of(GetParam())).size());
  std::set<Ids> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const Ids inputs = apply_to(GetParam(), defaults_of(GetParam()), test_tokens(12), rng).inputs;
    const size_t length = inputs.size() - without_texts(inputs).size();
    if (length > 0) seen.insert(Ids(inputs.begin(), inputs.begin() + length));
  }
  EXPECT_EQ(seen, std::set<Ids>(texts.begin(), texts.end()));
}

TEST_P(EveryObjective, TakesTwoTokens) {
  const Ids tokens{10, 11};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed);
    const Denoised denoised = apply_to(GetParam(), defaults_of(GetParam()), tokens, rng);
    EXPECT_EQ(reconstruct(denoised, tokens), tokens);
  }
}

TEST_P(EveryObjective, IsDescribedAndAcceptsItsOwnParameters) {
  EXPECT_FALSE(GetParam().paper.empty());
  for (const Parameter& parameter : GetParam().parameters) {
    EXPECT_FALSE(parameter.doc.empty()) << parameter.name;
  }
  EXPECT_EQ(make_objective(GetParam().name).parameters, defaults_of(GetParam()));
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
