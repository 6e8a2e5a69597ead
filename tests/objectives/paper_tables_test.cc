// SPDX-License-Identifier: Apache-2.0
// The examples and lengths that papers print, typed from them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "objectives/noise.h"
#include "objectives/sentinels.h"

namespace dovetail {
namespace {

using nlohmann::json;

// "Thank you for inviting me to your party last week ." with a number for each word, "apple", and
// the sentinels X and Y; the mask M is X.
enum Word : int32_t {
  thank = 1,
  you,
  for_,
  inviting,
  me,
  to,
  your,
  party,
  last,
  week,
  stop,
  apple
};
constexpr int32_t X = 999, Y = 998, M = X;
const Ids kText = {thank, you, for_, inviting, me, to, your, party, last, week, stop};
const NoiseMask kNoise = {0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0};

// Of the paper's noise, as far as chance goes, the first example whose inputs are these; the
// objective must draw them at some time.
Denoised drawn_with(const std::string& name, const json& parameters, const Ids& text,
                    const Ids& inputs) {
  const BoundObjective objective = make_objective(name, parameters);
  const Ids sentinels = test_sentinels();
  std::vector<char> ordinary(14, 0);
  for (int32_t id = thank; id <= apple; ++id) ordinary[id] = 1;
  Symbols symbols(sentinels);
  symbols.ordinary = ordinary;
  for (uint64_t seed = 0; seed < 400000; ++seed) {
    Rng rng(seed);
    Denoised denoised = objective.apply(text, symbols, rng);
    if (denoised.inputs == inputs) return denoised;
  }
  ADD_FAILURE() << name << " never draws the paper's inputs";
  return {};
}

// Raffel et al. 2020, table 3: inputs and targets of each objective.
TEST(RaffelsTable3, RowsAreDrawn) {
  const Denoised bert =
      drawn_with("bert_style", {{"noise_density", 0.3}, {"random_share", 0.3}}, kText,
                 {thank, you, M, M, me, to, your, party, apple, week, stop});
  EXPECT_EQ(bert.targets, kText);
  EXPECT_EQ(bert.noise, kNoise);

  const Denoised dropped = drawn_with("drop_tokens", {{"noise_density", 0.3}}, kText,
                                      {thank, you, me, to, your, party, week, stop});
  EXPECT_EQ(dropped.targets, (Ids{for_, inviting, last}));

  const Denoised mass =
      drawn_with("iid_denoising", {{"noise_density", 0.3}, {"collapse_spans", false}}, kText,
                 {thank, you, M, M, me, to, your, party, M, week, stop});
  EXPECT_EQ(mass.targets, kText);

  const Denoised replaced = drawn_with("iid_denoising", {{"noise_density", 0.3}}, kText,
                                       {thank, you, X, me, to, your, party, Y, week, stop});
  EXPECT_EQ(replaced.targets, (Ids{X, for_, inviting, Y, last}));

  const Denoised prefix = drawn_with("prefix_lm", {}, kText, {thank, you, for_, inviting});
  EXPECT_EQ(prefix.targets, (Ids{me, to, your, party, last, week, stop}));
}

// The paper: 90 % of the corrupted tokens become a mask, 10 % a random token.
TEST(BertStyle, ReplacesATenthOfTheNoise) {
  const BoundObjective objective = make_objective("bert_style");
  const Ids text = test_tokens(200), sentinels = test_sentinels();
  Rng rng(3);
  int64_t noise = 0, masks = 0;
  for (int i = 0; i < 500; ++i) {
    const Denoised denoised = objective.apply(text, sentinels, rng);
    noise += std::count(denoised.noise.begin(), denoised.noise.end(), 1);
    masks += std::count(denoised.inputs.begin(), denoised.inputs.end(), M);
  }
  EXPECT_NEAR(static_cast<double>(noise) / (500 * 200), 0.15, 0.006);  // five deviations
  EXPECT_NEAR(static_cast<double>(masks) / static_cast<double>(noise), 0.9, 0.013);
}

// Lewis et al. 2020, figure 2: the document "A B C . D E ." with text infilling is "A _ . D _ E .",
// with its sentences permuted "D E . A B C .".
enum Letter : int32_t { A = 1, B, C, D, E, full_stop };
const Ids kDocument = {A, B, C, full_stop, D, E, full_stop};

std::set<Ids> drawn_inputs(const json& parameters, std::span<const char> begins_word = {}) {
  const BoundObjective objective = make_objective("bart", parameters);
  const Ids sentinels = test_sentinels();
  const std::vector<char> ends_sentence = {0, 0, 0, 0, 0, 0, 1};
  Symbols symbols(sentinels);
  symbols.ends_sentence = ends_sentence;
  symbols.begins_word = begins_word;
  std::set<Ids> seen;
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    Rng rng(seed);
    const Denoised denoised = objective.apply(kDocument, symbols, rng);
    EXPECT_EQ(denoised.targets, kDocument);
    seen.insert(denoised.inputs);
  }
  return seen;
}

Ids without_masks(Ids ids) {
  std::erase(ids, M);
  return ids;
}

TEST(BartsFigure2, ItsInputsAreDrawn) {
  const std::set<Ids> infilled = drawn_inputs({{"mask_ratio", 0.28}, {"permute_sentences", 0.0}});
  EXPECT_TRUE(infilled.contains(Ids{A, M, full_stop, D, M, E, full_stop}));
  const std::set<Ids> both = drawn_inputs({{"mask_ratio", 0.28}});  // of seven tokens two
  EXPECT_TRUE(both.contains(Ids{A, M, full_stop, D, M, E, full_stop}));
  EXPECT_TRUE(both.contains(Ids{D, M, E, full_stop, A, M, full_stop}));
  // what is left stands in one of the two orders
  const Ids permuted = {D, E, full_stop, A, B, C, full_stop};
  for (const Ids& inputs : both) {
    const Ids kept = without_masks(inputs);
    const auto within = [&](const Ids& order) {
      auto at = order.begin();
      return std::ranges::all_of(kept, [&](int32_t id) {
        at = std::find(at, order.end(), id);
        return at != order.end() && (++at, true);
      });
    };
    EXPECT_TRUE(within(kDocument) || within(permuted)) << testing::PrintToString(inputs);
  }
}

// B continues the word of A, E that of D: neither is left or masked alone.
TEST(Bart, MasksWholeWords) {
  const std::vector<char> begins_word = {0, 1, 0, 1, 1, 0, 1};
  for (const Ids& inputs : drawn_inputs(json::object(), begins_word)) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const int32_t next = i + 1 < inputs.size() ? inputs[i + 1] : 0;
      EXPECT_EQ(inputs[i] == A, next == B) << testing::PrintToString(inputs);
      EXPECT_EQ(inputs[i] == D, next == E) << testing::PrintToString(inputs);
    }
  }
}

// Tay et al. 2022, sec. 9.2: T5's random_spans_helper for each denoiser of table 1 and inputs of
// 512, by hand: the most tokens t with t - noise + spans + 1 <= 512, noise = round(t r), spans =
// round(noise / mu), halves to even; and 512 for the prefix LM.
TEST(Ul2Paper, EachDenoiserHasTheChunksOfItsOwn) {
  const BoundObjective objective = make_objective("ul2_paper");
  Rng rng(1);
  std::map<int64_t, int> lengths;
  for (int i = 0; i < 7000; ++i)
    ++lengths[objective.objective->drawn_chunk_length_fn(512, objective.parameters, rng)];

  std::vector<int64_t> seen;
  for (const auto& [length, count] : lengths) {
    seen.push_back(length);
    EXPECT_NEAR(count, 1000, 150) << length;
  }
  EXPECT_THAT(seen, testing::ElementsAre(512, 568, 588, 600, 767, 908, 1007));
}

// S is T5's prefix_lm: no sentinel, and each split is as likely.
TEST(Ul2Paper, SIsAPrefixLmWithoutASentinel) {
  const BoundObjective objective = make_objective("ul2_paper");
  const std::vector<Ids> texts = test_texts(3);  // [R], [S], [X]
  const Ids sentinels = test_sentinels();
  std::map<size_t, int> prefixes;
  Rng rng(2);
  for (int i = 0; i < 35000; ++i) {
    const Denoised denoised = objective.apply(test_tokens(6), {sentinels, texts}, rng);
    if (denoised.inputs.front() != texts[1].front()) continue;
    EXPECT_TRUE(std::ranges::none_of(denoised.inputs, is_sentinel));
    EXPECT_TRUE(std::ranges::none_of(denoised.targets, is_sentinel));
    EXPECT_EQ(denoised.inputs.size() - texts[1].size() + denoised.targets.size(), 6u);
    ++prefixes[denoised.inputs.size() - texts[1].size()];
  }
  ASSERT_EQ(prefixes.size(), 5u);
  for (const auto& [prefix, count] : prefixes) EXPECT_NEAR(count, 1000, 160) << prefix;
}

TEST(NoiseRuns, AreCountedByHand) {
  EXPECT_EQ(noise_runs({}).runs, 0);
  EXPECT_EQ(noise_runs({0, 1, 1, 0, 1}).runs, 2);
  EXPECT_FALSE(noise_runs({0, 1, 1, 0, 1}).final_only);
  EXPECT_TRUE(noise_runs({0, 0, 1, 1}).final_only);
  EXPECT_FALSE(noise_runs({0, 1, 1, 0}).final_only);
}

}  // namespace
}  // namespace dovetail
