// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/regret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"

namespace dovetail {
namespace {

using made_up::Results;
using testing::HasSubstr;

std::vector<float> constant_scores(float score, size_t count = 20) {
  return std::vector<float>(count, score);
}

// mapping 0.3, prompting 0.5, masked_prompting `masked`.
void add_task(Results& r, const std::string& task, float masked, const std::string& size = "all") {
  for (const char* seed : {"1", "2"}) {
    r.add({"prefix_lm", task, "mapping", "full", size, seed}, constant_scores(0.3F));
    r.add({"prefix_lm", task, "prompting", "full", size, seed}, constant_scores(0.5F));
    r.add({"prefix_lm", task, "masked_prompting", "full", size, seed}, constant_scores(masked));
  }
}

// A probe of the task, as the sweep's probes come.
void add_probe(Results& r, const std::string& task, const std::string& form,
               const std::string& name, std::vector<float> values) {
  Cell cell = r.add_planned({"prefix_lm", task, form, "", "", ""});
  r.plan.cells.pop_back();
  r.plan.probes.push_back(cell);
  r.record_of(cell.job).per_example[name] = std::move(values);
}

std::vector<SelectorResult> results_of(const Results& r) {
  return score_selectors(r.plan, group_cells(r.plan, r.records), probes_of(r.plan, r.records));
}

const SelectorResult& find(const std::vector<SelectorResult>& results, const std::string& name) {
  return *std::find_if(results.begin(), results.end(),
                       [&](auto& result) { return result.selector->name == name; });
}

TEST(Regret, IsWhatTheBestCellsScoreMore) {
  Results r;
  add_task(r, "a", 0.7F);
  add_task(r, "b", 0.4F);
  add_probe(r, "a", "prompting", "race_score", {0.1F});
  add_probe(r, "a", "masked_prompting", "race_score", {0.2F});
  add_probe(r, "b", "mapping", "race_score", {0.2F});

  const auto results = results_of(r);

  const SelectorResult& racing = find(results, "racing");
  ASSERT_EQ(racing.cases.size(), 2);
  EXPECT_TRUE(racing.cases[0].is_best);
  EXPECT_NEAR(racing.cases[0].regret.mean, 0, 1e-6);
  EXPECT_NEAR(racing.cases[1].regret.mean, 0.2, 1e-6);  // 0.5 - 0.3
  EXPECT_NEAR(racing.summary->regret.estimate.mean, 0.1, 1e-6);
  EXPECT_EQ(racing.summary->times_best, 1);
  EXPECT_NEAR(racing.summary->chance_of_best, 1.0 / 3, 1e-12);
  const SelectorResult& mapping = find(results, "always_mapping");
  EXPECT_NEAR(mapping.summary->regret.estimate.mean, (0.4 + 0.2) / 2, 1e-6);
  const SelectorResult& masked = find(results, "always_masked");
  EXPECT_NEAR(masked.summary->regret.estimate.mean, (0 + 0.1) / 2, 1e-6);
  // Chance: 0.7 - 0.5 and 0.5 - 0.4.
  EXPECT_NEAR(find(results, "random_choice").summary->regret.estimate.mean, 0.15, 1e-6);
  EXPECT_NEAR(racing.summary->against.at("random_choice").estimate.mean, 0.05, 1e-6);
  EXPECT_NEAR(racing.summary->against.at("always_mapping").estimate.mean, 0.2, 1e-6);
  EXPECT_FALSE(find(results, "maskability").summary);
}

TEST(Regret, CasesOfATaskAreAveragedBeforeTasksAre) {
  Results r;
  add_task(r, "a", 0.7F, "few");
  add_task(r, "a", 0.5F, "all");
  add_task(r, "b", 0.4F, "all");

  const auto results = results_of(r);

  // always_mapping: a loses 0.4 and 0.2, b 0.2.
  EXPECT_NEAR(find(results, "always_mapping").summary->regret.estimate.mean, (0.3 + 0.2) / 2, 1e-6);
  EXPECT_EQ(find(results, "always_mapping").summary->cases, 3);
}

// racing has read 30 labels: its choice at "few" (30 labels, mapping, 0.3) stands against the
// choice by rule at "all" (80 labels, masked_prompting, 0.7), and not at "sixty" (59 labels).
TEST(Regret, LabelsThatASelectorReadArePaidFor) {
  Results r;
  const std::map<std::string, double> labels{{"few", 30}, {"sixty", 59}, {"all", 80}};
  for (const auto& [size, count] : labels) {
    add_task(r, "a", size == "sixty" ? 0.9F : 0.7F, size);
    for (auto& [key, record] : r.records) {
      if (record.name.find("/" + size + "/") != std::string::npos)
        record.metrics["train_examples"] = count;
    }
  }
  add_probe(r, "a", "mapping", "race_score", std::vector<float>(15, 0.5F));
  std::get<ProbeJob>(r.plan.jobs.back().settings = ProbeJob{}).cell.train_size.examples = 15;

  const auto results = results_of(r);

  const SelectorSummary& racing = *find(results, "racing").summary;
  EXPECT_EQ(racing.examples, 30);
  EXPECT_NEAR(racing.at_equal_labels.at("always_masked").estimate.mean, 0.3 - 0.7, 1e-6);
  EXPECT_TRUE(find(results, "always_mapping").summary->at_equal_labels.empty());
}

TEST(Regret, RacesOfAnotherTuningSayNothing) {
  Results r;
  add_task(r, "a", 0.7F);
  add_probe(r, "a", "mapping", "race_score", {0.5F});
  r.plan.probes.back().coordinates[kTuning] = "soft_prompt";
  EXPECT_FALSE(find(results_of(r), "racing").summary);

  r.plan.probes.back().coordinates[kTuning] = "full";
  EXPECT_TRUE(find(results_of(r), "racing").summary);
}

TEST(Regret, ASelectorNeverSeesTheScoresOfTheTaskItIsTestedOn) {
  Results r;
  for (const char* task : {"a", "b", "c"}) add_task(r, task, 0.4F);
  Results changed = r;
  for (auto& [key, record] : changed.records) {
    if (record.name.find("/a/masked_prompting") != std::string::npos)
      record.per_example["rouge_l"] = constant_scores(1);
  }

  const auto before = find(results_of(r), "best_on_other_tasks").cases;
  const auto after = find(results_of(changed), "best_on_other_tasks").cases;

  EXPECT_EQ(before[0].task, "a");
  EXPECT_EQ(after[0].selection.choice, before[0].selection.choice);  // prompting, as on b and c
  EXPECT_EQ(after[0].selection.choice.template_name, "prompting");
  EXPECT_NEAR(after[0].regret.mean, 0.5, 1e-6);
  EXPECT_EQ(after[1].selection.choice.template_name, "masked_prompting");  // on b, a speaks for it
}

TEST(Regret, Trap10AChoiceWhoseCellsFailedIsAbsentAndNotZero) {
  Results r;
  add_task(r, "a", 0.7F);
  add_task(r, "b", 0.4F);
  for (auto& [key, record] : r.records) {
    if (record.name.find("/b/mapping") != std::string::npos) record.status = RunStatus::failed;
  }

  const SelectorResult mapping = find(results_of(r), "always_mapping");

  EXPECT_THAT(mapping.cases[1].selection.absent, HasSubstr("no finished candidate"));
  EXPECT_NEAR(mapping.summary->regret.estimate.mean, 0.4, 1e-6);  // of task a alone
  EXPECT_EQ(mapping.summary->regret.tasks, 1);
}

TEST(Regret, NothingToChooseBetweenIsNoResult) {
  Results r;
  r.add({"prefix_lm", "a", "mapping", "full", "all", "1"}, constant_scores(0.3F));

  EXPECT_TRUE(results_of(r).empty());
}

TEST(Regret, OfATaskThatWasNeverSweptTheSelectorsSpeakFromItsProbes) {
  Results r;
  for (const char* task : {"a", "b", "c"}) add_task(r, task, 0.4F);
  Probe own;
  own.at = {"prefix_lm", "", "prompting"};
  own.per_example["race_score"] = {0.9F};

  const auto said = select_for_unseen(r.plan, group_cells(r.plan, r.records), {},
                                      {.label = "",
                                       .probes = {own},
                                       .facts = {{"relation", "AtLocation"}, {"flex_fills", true}},
                                       .train_size = "all",
                                       .tuning = "full"});

  std::map<std::string, Selection> by_name;
  for (const NamedSelection& one : said) by_name[one.selector->name] = one.selection;
  EXPECT_EQ(by_name.at("racing").choice.template_name, "prompting");
  EXPECT_EQ(by_name.at("temp_flex").choice.template_name, "masked_prompting");
  EXPECT_EQ(by_name.at("best_on_other_tasks").choice.template_name, "prompting");
  EXPECT_FALSE(by_name.at("temp_len").absent.empty());
}

// A selector that knows the truth loses nothing but what the luck of the halves takes; chance loses
// the spread.
TEST(Regret, OfAnOracleIsNoneWithinItsInterval) {
  const uint64_t seed = 3;
  SCOPED_TRACE(seed);
  Rng rng(seed);
  Results r;
  for (int t = 0; t < 6; ++t) {
    const std::string task = "t" + std::to_string(t);
    for (const char* form : {"mapping", "prompting", "masked_prompting"}) {
      const double mean =
          std::string(form) == (t % 2 ? "prompting" : "masked_prompting") ? 0.6 : 0.4;
      for (const char* s : {"1", "2"}) {
        std::vector<float> scores;
        for (int i = 0; i < 60; ++i)
          scores.push_back(static_cast<float>(mean + 0.4 * (rng.uniform() - 0.5)));
        r.add({"prefix_lm", task, form, "full", "all", s}, scores);
      }
      add_probe(r, task, form, "race_score", {static_cast<float>(mean)});
    }
  }

  const SelectorSummary oracle = *find(results_of(r), "racing").summary;

  EXPECT_LE(oracle.regret.estimate.low, 1e-6);
  EXPECT_NEAR(oracle.regret.estimate.mean, 0, 0.01);
  EXPECT_EQ(oracle.times_best, 6);
  EXPECT_GT(oracle.against.at("random_choice").estimate.low, 0.05);
  EXPECT_TRUE(oracle.regret.tasks_drawn);
}

}  // namespace
}  // namespace dovetail
