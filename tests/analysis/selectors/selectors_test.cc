// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"
#include "analysis/selectors/matching.h"
#include "analysis/selectors/probes.h"
#include "base/error.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

// Two objectives, four templates.
SelectorContext grid() {
  SelectorContext context;
  context.traits = made_up::traits();
  for (const char* objective : {"span_corruption", "prefix_lm"}) {
    for (const char* form : {"mapping", "masked_mapping", "prompting", "masked_prompting"}) {
      context.candidates.push_back({objective, "", form});
    }
  }
  return context;
}

Probe probe(const Candidate& at, const std::string& name, std::vector<float> values,
            int64_t shots = 0) {
  return {"t", at, shots, shots, {{name, std::move(values)}}, {}};
}

Selection choose(const std::string& selector, const SelectorContext& context) {
  return find_selector(selector).choose(context);
}

const Candidate kFilling{"span_corruption", "", "masked_prompting"},
    kPhrasal{"prefix_lm", "", "prompting"};

TEST(Selectors, TheCatalogueIsWhole) {
  std::set<std::string> names;
  int64_t baselines = 0;
  for (const Selector& selector : selectors()) {
    EXPECT_TRUE(names.insert(selector.name).second) << selector.name;
    EXPECT_FALSE(selector.source.empty() || selector.rule.empty()) << selector.name;
    baselines += selector.baseline;
    // Without probes, facts and other tasks a selector chooses among what there is, or says why
    // not.
    const Selection selection = selector.choose(grid());
    EXPECT_NE(selection.absent.empty(), selection.reason.empty()) << selector.name;
  }
  EXPECT_EQ(names.size(), 15);
  EXPECT_EQ(baselines, 6);
  EXPECT_THROW(find_selector("maskabilty"), ConfigError);
}

TEST(Selectors, MatchingAgreesInTemplateObjectiveAndAdaptation) {
  SelectorContext context = grid();
  EXPECT_EQ(matching(AnswerKind::filling, context), kFilling);
  EXPECT_EQ(matching(AnswerKind::phrasal, context), kPhrasal);
  context.candidates = {{"prefix_lm", "none", "prompting"},
                        {"prefix_lm", "denoising", "prompting"},
                        {"prefix_lm", "lm_random_text", "prompting"},
                        {"prefix_lm", "lm", "prompting"}};
  EXPECT_EQ(matching(AnswerKind::phrasal, context).adaptation, "lm");
  EXPECT_EQ(matching(AnswerKind::filling, context).adaptation, "denoising");
}

// Whoever labels a span_corruption "A" and a dash-joined list "masked_nothing" gets the same
// advice.
TEST(Selectors, LabelsSayNothing) {
  SelectorContext context;
  context.traits = {{"objective",
                     {{"A", {.answer_style = AnswerStyle::infill}},
                      {"lm", {.answer_style = AnswerStyle::mixed}}}},
                    {"template",
                     {{"masked_nothing", {.answer_style = AnswerStyle::continuation}},
                      {"X", {.answer_style = AnswerStyle::infill}}}}};
  context.candidates = {
      {"lm", "", "masked_nothing"}, {"lm", "", "X"}, {"A", "", "masked_nothing"}, {"A", "", "X"}};

  EXPECT_EQ(matching(AnswerKind::filling, context), context.candidates[3]);
  EXPECT_EQ(matching(AnswerKind::phrasal, context), context.candidates[0]);
  EXPECT_EQ(choose("always_mapping", context).choice.template_name, "masked_nothing");
  context.probes = {probe(context.candidates[2], "probe_depth_rank", {10, 10}),
                    probe(context.candidates[3], "probe_depth_rank", {5, 5})};
  EXPECT_NEAR(choose("maskability", context).value->mean, 0.5, 1e-6);
}

// Ranks 20 and 40 under prompting, 10 and 20 under masked prompting: (30 - 15) / 30 = 0.5, in every
// resample.
TEST(Selectors, TheMaskabilityIndexIsTheShareThatMaskingTakesOffTheRank) {
  SelectorContext context = grid();
  context.probes = {
      probe({"span_corruption", "", "prompting"}, "probe_depth_rank", {20, 40}),
      probe({"span_corruption", "", "masked_prompting"}, "probe_depth_rank", {10, 20})};

  const Selection found = choose("maskability", context);

  EXPECT_EQ(found.choice, kFilling);
  EXPECT_NEAR(found.value->mean, 0.5, 1e-6);
  EXPECT_NEAR(found.value->low, 0.5, 1e-6);
  EXPECT_DOUBLE_EQ(*found.confidence, 1);
}

// The published examples: xIntent -65.74 %, xNeed 3.92 %, xWant 19.15 % are phrasal;
// ObjectUse 35.47 % is filling.
TEST(Selectors, TheThresholdOfMaskabilityIsThePublishedOne) {
  for (const auto& [index, expected] :
       {std::pair(-0.6574F, kPhrasal), std::pair(0.0392F, kPhrasal), std::pair(0.1915F, kPhrasal),
        std::pair(0.3547F, kFilling)}) {
    SelectorContext context = grid();
    context.probes = {
        probe({"prefix_lm", "", "prompting"}, "probe_depth_rank_min", {100}),
        probe({"prefix_lm", "", "masked_prompting"}, "probe_depth_rank_min", {100 * (1 - index)})};

    EXPECT_EQ(choose("maskability_min", context).choice, expected) << index;
    EXPECT_FALSE(choose("maskability", context).absent.empty());
  }
}

TEST(Selectors, MaskabilityPrefersThePublishedShotsAndTheConventionalModel) {
  SelectorContext context = grid();
  const auto add = [&](const char* objective, int64_t shots, float masked) {
    context.probes.push_back(probe({objective, "", "prompting"}, "probe_depth_rank", {10}, shots));
    context.probes.push_back(
        probe({objective, "", "masked_prompting"}, "probe_depth_rank", {masked}, shots));
  };
  add("prefix_lm", 0, 9);
  add("span_corruption", 0, 8);
  EXPECT_NEAR(choose("maskability", context).value->mean, 0.2, 1e-6);
  add("prefix_lm", 5, 4);
  EXPECT_NEAR(choose("maskability", context).value->mean, 0.6, 1e-6);
  EXPECT_EQ(choose("maskability", context).examples,
            1 + 5);  // one that was ranked, five that it was tuned on
}

TEST(Selectors, TempFlexGoesByTheList) {
  SelectorContext context = grid();
  context.facts = {{"relation", "xAttr"}, {"flex_fills", true}};
  EXPECT_EQ(choose("temp_flex", context).choice, kFilling);
  context.facts = {{"relation", "xNeed"}, {"flex_fills", false}};
  EXPECT_EQ(choose("temp_flex", context).choice, kPhrasal);
  context.facts = {{"relation", nullptr}};
  EXPECT_THAT(choose("temp_flex", context).absent, HasSubstr("no relation"));
}

// Theirs: no question mark, so a continuation; else short choices (fewer than 4 words) fill a mask.
TEST(Selectors, TempLenDecidesByTheWholeTask) {
  SelectorContext context = grid();
  const auto said = [&](double marks, double words) {
    context.facts = {{"question_mark_share", marks}, {"mean_choice_words", words}};
    return choose("temp_len", context);
  };
  EXPECT_EQ(said(1, 2).choice, kFilling);
  EXPECT_EQ(said(1, 4).choice, kPhrasal);
  EXPECT_EQ(said(0, 2).choice, kPhrasal);
  EXPECT_EQ(said(0.9, 2).choice, kFilling);  // though the first example may have no question mark
  EXPECT_DOUBLE_EQ(*said(0.9, 2).confidence, 0.9);
  context.facts = Json::object();
  EXPECT_THAT(choose("temp_len", context).absent, HasSubstr("no choices"));
}

TEST(Selectors, TheClassifierIsOutvotedByItsExamples) {
  SelectorContext context = grid();
  context.probes = {probe(kPhrasal, "probe_filling", {0.9F, 0.8F, 0.1F, 0.7F})};

  const Selection found = choose("relation_classifier", context);

  EXPECT_EQ(found.choice, kFilling);
  EXPECT_DOUBLE_EQ(*found.confidence, 0.75);
  EXPECT_LT(found.value->low, 0.75);
}

const Candidate kMapping{"prefix_lm", "", "mapping"};

// prefix_lm is the better language model by far, and that decides nothing: under it mapping is
// likelier than prompting by 1, under span_corruption less likely by 3, so on average by 1 less.
TEST(Selectors, TheLikeliestTemplateIsFoundWithinEachBase) {
  SelectorContext context = grid();
  const Candidate prompting{"span_corruption", "", "prompting"},
      mapping{"span_corruption", "", "mapping"};
  context.probes = {
      probe(prompting, "probe_loss", {5, 6, 7}), probe(mapping, "probe_loss", {8, 9, 10}),
      probe(kPhrasal, "probe_loss", {2, 2, 2}), probe(kMapping, "probe_loss", {1, 1, 1}),
      probe(kMapping, "probe_loss", {0, 0, 0}, 5)};  // tuned first: no untuned model

  const Selection likely = choose("template_likelihood", context);

  EXPECT_EQ(likely.choice, (Candidate{"", "", "prompting"}));
  EXPECT_NEAR(likely.value->mean, 1, 1e-6);
  EXPECT_DOUBLE_EQ(*likely.confidence, 1);
  EXPECT_THAT(likely.reason, HasSubstr("the lowest of 2 templates"));
}

TEST(Selectors, ABaseWithOneTemplateSaysNothingAboutTemplates) {
  SelectorContext context = grid();
  context.probes = {probe(kFilling, "probe_loss", {9, 9}), probe(kPhrasal, "probe_loss", {1, 1})};
  EXPECT_THAT(choose("template_likelihood", context).absent, HasSubstr("two templates"));
}

TEST(Selectors, T5sDefaultIsItsObjectiveUnderMapping) {
  EXPECT_EQ(choose("t5_default", grid()).choice, (Candidate{"span_corruption", "", "mapping"}));
  SelectorContext context = grid();
  std::erase_if(context.candidates, [](const Candidate& c) { return c.objective != "prefix_lm"; });
  EXPECT_THAT(choose("t5_default", context).absent, HasSubstr("span_corruption"));
}

// The first four candidates are span_corruption's, the others prefix_lm's: 0.0125 against 0.1.
TEST(Selectors, OneStartIsFixedByTheOtherTasks) {
  SelectorContext context = grid();
  context.others = {{"a", {0.4, -0.1, -0.1, -0.1, 0.1, 0.1, 0.1, -0.3}, {}},
                    {"b", {0, 0, 0, 0, 0.2, 0.2, 0.2, 0.2}, {}}};
  EXPECT_EQ(choose("best_start_on_other_tasks", context).choice, (Candidate{"prefix_lm", "", ""}));
  EXPECT_EQ(choose("best_on_other_tasks", context).choice, context.candidates[0]);
}

TEST(Selectors, TheRaceIsWonByTheHighestScore) {
  SelectorContext context = grid();
  context.probes = {probe(kFilling, "race_score", {0.1F, 0.2F}),
                    probe(kPhrasal, "race_score", {0.5F, 0.4F})};

  const Selection found = choose("racing", context);

  EXPECT_EQ(found.choice, kPhrasal);
  EXPECT_DOUBLE_EQ(*found.confidence, 1);
  EXPECT_NEAR(found.value->mean, 0.3, 1e-6);
}

TEST(Selectors, ARaceByALossIsWonByTheLowest) {
  SelectorContext context = grid();
  context.higher_is_better = false;
  context.probes = {probe(kFilling, "race_score", {0.1F, 0.2F}),
                    probe(kPhrasal, "race_score", {0.5F, 0.4F})};

  EXPECT_EQ(choose("racing", context).choice, kFilling);
}

TEST(Selectors, ATieIsNoConfidence) {
  SelectorContext context = grid();
  context.probes = {probe(kFilling, "race_score", {0, 0}), probe(kPhrasal, "race_score", {0, 0})};
  EXPECT_THAT(choose("racing", context).absent,
              HasSubstr("the same validation score on every example"));

  // One of two resampled examples decides: both drawn once (half of the draws) tie, the rest goes 1
  // to 1.
  context.probes = {probe(kFilling, "race_score", {1, 0}), probe(kPhrasal, "race_score", {0, 1})};
  EXPECT_NEAR(*choose("racing", context).confidence, 0.5, 0.05);
}

// The near tasks want the first candidate, the far one wants the last one more than they do.
TEST(Selectors, NeighboursVoteAndFarTasksDoNot) {
  SelectorContext context = grid();
  const Candidate at = context.candidates[0];
  context.probes = {{"t", at, 0, 0, {}, {1, 0.1F}}};
  for (const auto& [name, place] :
       {std::pair("a", std::vector<float>{1, 0}), std::pair("b", std::vector<float>{1, 0.2F}),
        std::pair("c", std::vector<float>{0.9F, 0.1F}),
        std::pair("far", std::vector<float>{-1, 0})}) {
    const bool far = name == std::string("far");
    SweptTask task{name, std::vector<double>(8, -0.1), {{name, at, 0, 0, {}, place}}};
    task.leads[far ? 7 : 0] = far ? 5.0 : 0.2;
    context.others.push_back(task);
  }

  EXPECT_EQ(choose("embedding_neighbours", context).choice, context.candidates[0]);
  EXPECT_EQ(choose("best_on_other_tasks", context).choice, context.candidates[7]);
}

TEST(Selectors, AnUnfinishedCandidateIsNotTheBestOnOtherTasks) {
  SelectorContext context = grid();
  context.others = {{"a", std::vector<double>(8, 0.0), {}}};
  context.others[0].leads[3] = std::numeric_limits<double>::quiet_NaN();
  context.others[0].leads[5] = 0.1;

  EXPECT_EQ(choose("best_on_other_tasks", context).choice, context.candidates[5]);
}

TEST(Probes, ShotsAreReadFromTheName) {
  EXPECT_EQ(shots_in("s/probe/shots5/prefix_lm/t/mapping"), 5);
  EXPECT_EQ(shots_in("s/probe/prefix_lm/shots/mapping"), 0);
  EXPECT_EQ(shots_in("s/probe/prefix_lm/shotsX/mapping"), 0);
}

}  // namespace
}  // namespace dovetail
