// SPDX-License-Identifier: Apache-2.0
// Laws of StepGame's labels (Shi et al. 2022, and arithmetic): the distribution of a sum of d unit
// moves, of distances, and of noise. Every tolerance is 4.5 standard errors of the drawn sample.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "stepgame/generator.h"
#include "stepgame/shortcuts.h"

namespace dovetail {
namespace {

constexpr int64_t kDraws = 8000;
constexpr uint64_t kSeed = 20220425;

double tolerance(double share) {
  return 4.5 * std::sqrt(std::max(share * (1 - share), 1e-4) / kDraws) + 5e-5;  // + rounding
}

StoryGenerator generator_of(int k, std::vector<int> d) {
  return {{.seed = kSeed, .k = {k}, .d = std::move(d)}, own_story_templates()};
}

// Per cent, by d: overlap, each label of an axis, each label of a diagonal.
TEST(LabelLaws, LabelsBelongToD) {
  const std::map<int, std::array<double, 3>> law = {
      {1, {0, 12.5, 12.5}},     {2, {12.5, 10.94, 10.94}}, {3, {4.69, 8.98, 14.84}},
      {4, {5.27, 8.77, 14.92}}, {5, {3.66, 7.83, 16.25}},  {6, {3.37, 7.49, 16.66}},
      {8, {2.53, 6.69, 17.68}}, {10, {2.03, 6.12, 18.37}}};
  for (const auto& [d, shares] : law) {
    const StoryGenerator generator = generator_of(d, {d});
    std::map<std::string, int64_t> counts;
    for (int64_t i = 0; i < kDraws; ++i) ++counts[generator.story(i).label];
    for (const std::string& label : relation_names()) {
      const Offset offset = *find_relation(label);
      const bool axis = (offset.x == 0) != (offset.y == 0);
      const double share = shares[offset == Offset{} ? 0 : axis ? 1 : 2] / 100;
      EXPECT_NEAR(static_cast<double>(counts[label]) / kDraws, share, tolerance(share))
          << label << " at d = " << d << ", seed " << kSeed;
    }
  }
}

// P(d | k) = 2 (k + 1 - d) / (k (k + 1)) for two agents at random, with mean (k + 2) / 3.
TEST(LabelLaws, PublishedQuestionsAreShort) {
  for (const int k : {2, 5, 10}) {
    const StoryGenerator generator = generator_of(k, {});
    std::map<int, int64_t> counts;
    for (int64_t i = 0; i < kDraws; ++i) ++counts[generator.story(i).d];
    for (int d = 1; d <= k; ++d) {
      const double share = 2.0 * (k + 1 - d) / (k * (k + 1));
      EXPECT_NEAR(static_cast<double>(counts[d]) / kDraws, share, tolerance(share))
          << "d = " << d << ", k = " << k << ", seed " << kSeed;
    }
  }
}

// 71, 43 and 31 % of the published questions of k = 2, 5 and 10.
TEST(LabelLaws, OneSentenceAnswersMany) {
  const SentenceReader reader(own_story_templates());
  for (const auto& [k, share] : std::map<int, double>{{2, 0.71}, {5, 0.43}, {10, 0.31}}) {
    const StoryGenerator generator = generator_of(k, {});
    std::map<std::string, int64_t> others;
    int64_t found = 0;
    for (int64_t i = 0; i < kDraws; ++i) {
      const StepStory story = generator.story(i);
      const auto answer = one_sentence_answer(story, reader);
      if (!answer) {
        ++others[story.label];
        continue;
      }
      EXPECT_EQ(*answer, story.label);
      ++found;
    }
    int64_t majority = 0;
    for (const auto& [label, count] : others) majority = std::max(majority, count);
    EXPECT_NEAR(static_cast<double>(found + majority) / kDraws, share, 0.02) << "k = " << k;
  }
}

// Mean numbers of noise agents in the published statistics, by k: supporting, disconnected,
// irrelevant. A few second paths are not taken here, since they would be short cuts.
TEST(LabelLaws, NoiseIsAsMuchAsPublished) {
  const std::map<int, std::array<double, 3>> published = {
      {1, {0, 2, 1}},          {2, {0, 2, 1.5}},        {4, {1.36, 2, 1.49}},
      {5, {1.60, 2.49, 2.01}}, {8, {1.97, 3.01, 2.50}}, {10, {2.14, 3.00, 2.53}}};
  for (const auto& [k, means] : published) {
    std::array<double, 3> sums{};
    for (int64_t i = 0; i < kDraws; ++i) {
      Rng rng(derive_seed(kSeed, std::to_string(k * kDraws + i)));
      StepWorld world = chain_world(k, rng);
      const int asked = static_cast<int>(rng.below(k + 1));
      const int from = (asked + 1 + static_cast<int>(rng.below(k))) % (k + 1);
      add_noise({true, true, true}, k, asked, from, world, rng);
      sums[0] += world.noise_agents[static_cast<int>(NoiseKind::supporting)];
      sums[1] += world.noise_agents[static_cast<int>(NoiseKind::disconnected)];
      sums[2] += world.noise_agents[static_cast<int>(NoiseKind::irrelevant)];
    }
    for (size_t kind = 0; kind < 3; ++kind)
      EXPECT_NEAR(sums[kind] / kDraws, means[kind], 0.08) << "k = " << k << ", kind " << kind;
  }
}

}  // namespace
}  // namespace dovetail
