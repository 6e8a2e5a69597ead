// SPDX-License-Identifier: Apache-2.0
// Warm-up, choices by validation and baselines in sweep files, and the jobs that come of them.
#include <map>
#include <set>

#include "sweep_fixture.h"

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ProtocolTest : public SweepFixture {
 protected:
  std::map<std::string, Job> jobs_of(const std::string& text) {
    std::map<std::string, Job> jobs;
    for (const Job& job : plan(text).jobs) jobs[job.name] = job;
    return jobs;
  }
  // kSmallSweep with further lines in [tune].
  static std::string with_tune(const std::string& lines) {
    return with(kSmallSweep, "[tune]\n", "[tune]\n" + lines);
  }
};

constexpr const char* kCell =
    "small/span_corruption/wordnet.category/mapping/full/examples30x3/seed1";

TuneSettings tune_of(const std::map<std::string, Job>& jobs, const std::string& name = kCell) {
  return settings_of<TuneJob>(jobs.at(name)).tune;
}

TEST_F(ProtocolTest, AWarmUpOfAllStepsIsRefusedWhileParsing) {
  EXPECT_THAT(
      message(with(kSmallSweep, "warmup = 10", "warmup = 100")),
      StartsWith("q.toml:16:22: pre-training \"span_corruption\": expected a warm-up shorter "
                 "than the training, found one of 100 steps of 100"));
  EXPECT_EQ(message(with(kSmallSweep, "warmup = 10", "warmup = 99")), "no error");
  // 30 rows in batches of 16 are 2 steps an epoch, 10 in five, and 40 at least
  const std::string tuned = with(kSmallSweep, "learning_rate = 5e-4", "warmup = 40");
  EXPECT_THAT(message(tuned), AllOf(StartsWith("q.toml:19:11: tuning \"full\" of "),
                                    HasSubstr("found one of 40 steps of 40")));
  EXPECT_EQ(message(with(kSmallSweep, "learning_rate = 5e-4", "warmup = 39")), "no error");
}

TEST_F(ProtocolTest, AShareOfWarmUpReplacesSteps) {
  const auto jobs = jobs_of(with(kSmallSweep, "warmup = 10", "warmup_ratio = 0.2"));
  const Job& pretrain = jobs.at("pretrain/span_corruption/seed1");
  EXPECT_EQ(settings_of<PretrainJob>(pretrain).pretrain.optimizer.warmup_ratio, 0.2);
  EXPECT_EQ(settings_of<PretrainJob>(pretrain).pretrain.optimizer.warmup, 0);
  EXPECT_THAT(message(with(kSmallSweep, "warmup = 10", "warmup = 10, warmup_ratio = 0.2")),
              HasSubstr("has both warmup (steps) and warmup_ratio"));
}

// A probe of 20 steps warms up for two of them: the warm-up of [tune] was meant for more.
TEST_F(ProtocolTest, AProbeWarmsUpForATenth) {
  const std::string warm = with(kSmallSweep, "learning_rate = 5e-4", "warmup = 10");
  const auto jobs =
      jobs_of(with(warm, "[axes]", "[select]\nexamples = 8\nshots = 4\nshot_steps = 20\n[axes]"));
  const Job& probe = jobs.at("small/probe/shots4/span_corruption/wordnet.category/mapping");
  EXPECT_EQ(settings_of<ProbeJob>(probe).cell.tune.optimizer.warmup, 2);
  EXPECT_EQ(tune_of(jobs).optimizer.warmup, 10);
}

TEST_F(ProtocolTest, ChoicesByValidationAreReadAndResolved) {
  const auto jobs =
      jobs_of(with(with_tune("validation_examples = 8\nlearning_rates = [1e-4, 1]\n"
                             "load_best_model_at_end = true\nearly_stopping_patience = 2\n"
                             "metric_for_best_model = \"primary\"\ndropout = 0.1\n"),
                   "learning_rate = 0.3", "learning_rates = [0.1, 0.3], dropout = 0.2"));
  const TuneSettings full = tune_of(jobs);
  EXPECT_THAT(full.choice.learning_rates, ElementsAre(1e-4, 1));
  EXPECT_EQ(full.choice.metric, "rouge_l");  // the first mean over examples
  EXPECT_TRUE(full.choice.best_checkpoint);
  EXPECT_EQ(full.choice.patience, 2);
  EXPECT_EQ(full.dropout, 0.1);
  const TuneSettings soft = tune_of(
      jobs, "small/span_corruption/wordnet.category/mapping/soft_prompt/examples30x3/seed1");
  EXPECT_THAT(soft.choice.learning_rates, ElementsAre(0.1, 0.3));
  EXPECT_EQ(soft.dropout, 0.2);
}

// Two trainings take twice the time of one; testing is done once.
TEST_F(ProtocolTest, EachLearningRateCostsATraining) {
  const std::string three = "validation_examples = 8\nevaluations = 0\nlearning_rates = ";
  const auto seconds = [&](const std::string& rates) {
    return jobs_of(with(with_tune(three + rates + "\n"), "learning_rate = 0.3",
                        "learning_rates = " + rates))
        .at(kCell)
        .cost_seconds;
  };
  const double one = seconds("[1]"), two = seconds("[1, 2]"), four = seconds("[1, 2, 3, 4]");
  EXPECT_GT(two, one);
  EXPECT_NEAR(four - two, 2 * (two - one), 1e-9 * four);
}

TEST_F(ProtocolTest, WhatCannotChooseIsRefused) {
  EXPECT_THAT(message(with_tune("load_best_model_at_end = true\n")),
              AllOf(StartsWith("q.toml:20:11: tuning \"full\" chooses by validation examples"),
                    HasSubstr("the test set chooses nothing")));
  EXPECT_THAT(message(with_tune("validation_examples = 8\nearly_stopping_patience = 2\n")),
              HasSubstr("without load_best_model_at_end = true the cell would keep the last one"));
  EXPECT_THAT(message(with_tune("metric_for_best_model = \"rouge_l\"\n")),
              HasSubstr("metric_for_best_model has nothing to choose"));
  EXPECT_THAT(message(with_tune("validation_examples = 8\nload_best_model_at_end = true\n"
                                "metric_for_best_model = \"rouge\"\n")),
              HasSubstr("metric_for_best_model \"rouge\" is neither \"loss\" nor \"primary\""));
}

TEST_F(ProtocolTest, EveryTuningHasAsManyLearningRates) {
  const std::string tune = with_tune("validation_examples = 8\nlearning_rates = [1, 2]\n");
  EXPECT_THAT(message(tune), HasSubstr("soft_prompt\" has one learning_rate, and [tune] has "
                                       "learning_rates to choose from"));
  EXPECT_THAT(message(with(tune, "learning_rate = 0.3", "learning_rates = [0.3]")),
              HasSubstr("tuning \"soft_prompt\" has 1 learning_rates to choose from, and \"full\" "
                        "has 2: give all tunings equally many"));
}

// Data whose tasks have a kind and a layout.
class KnownData : public NamedData {
 public:
  KnownData(std::string kind, std::string layout)
      : kind_(std::move(kind)), layout_(std::move(layout)) {}
  Json task_facts(const std::string&) override { return {{"kind", kind_}, {"layout", layout_}}; }

 private:
  std::string kind_, layout_;
};

class BaselinesTest : public SweepFixture {
 protected:
  std::set<std::string> baselines_on(const std::string& kind, const std::string& layout,
                                     const std::string& sweep = kSmallSweep) {
    Catalogues catalogues = test_catalogues();
    catalogues.baselines = {"chance",        "most_frequent_position", "longest_choice",
                            "most_frequent", "nearest_example",        "copy",
                            "untuned"};
    write("q.toml", sweep);
    KnownData data(kind, layout);
    std::set<std::string> names;
    for (const Cell& cell : make_plan(parse_sweep(folder_ / "q.toml", catalogues), data).cells)
      names.insert(cell.baseline);
    names.erase("");
    return names;
  }
};

class LabelsTest : public SweepFixture {};

TEST_F(LabelsTest, ATuningThatChoosesAmongThemNeedsATaskThatHasSome) {
  Catalogues catalogues = test_catalogues();
  catalogues.tunings.push_back({"probe"});
  catalogues.tunings.back().classifies = true;
  write("q.toml", with(kSmallSweep, "tuning = [\"full\", ", "tuning = [\"probe\", "));
  const Sweep sweep = parse_sweep(folder_ / "q.toml", catalogues);
  KnownData labelled("classification", "classification"), texts("generation", "text");
  EXPECT_NO_THROW(make_plan(sweep, labelled));
  try {
    make_plan(sweep, texts);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("chooses among the labels of a classification"));
  }
}

TEST_F(BaselinesTest, SuitTheKindOfTheTask) {
  using Names = std::set<std::string>;
  EXPECT_EQ(baselines_on("choice", "question"),
            (Names{"chance", "most_frequent_position", "longest_choice", "most_frequent", "copy",
                   "untuned"}));
  EXPECT_EQ(baselines_on("classification", "classification"),
            (Names{"chance", "most_frequent", "copy", "untuned"}));
  for (const char* kind : {"phrasal", "generation"})
    EXPECT_EQ(baselines_on(kind, "text"),
              (Names{"most_frequent", "nearest_example", "copy", "untuned"}));
  for (const char* kind : {"lexical", "form", "reading"})
    EXPECT_EQ(baselines_on(kind, "relation"), (Names{"most_frequent", "copy", "untuned"}));
}

TEST_F(BaselinesTest, ThoseThatAreNamedAreScoredWhereTheyCanBe) {
  const auto naming = [](const std::string& names) {
    return with(kSmallSweep, "[model]", "baselines = [" + names + "]\n[model]");
  };
  EXPECT_EQ(baselines_on("lexical", "relation", naming("\"nearest_example\"")),
            (std::set<std::string>{"nearest_example"}));
  try {
    baselines_on("lexical", "relation", naming("\"copy\", \"longest_choice\""));
    FAIL() << "no choices to be long";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("baseline \"longest_choice\" picks one of an example's "
                                        "choices, and no task of this sweep has any"));
  }
}

// One for all cells, so that no comparison mixes them; of another sweep's they share none.
TEST_F(ProtocolTest, PrecisionOfAnswersIsOneForAllCellsAndPartOfTheirKeys) {
  const auto with_precision = [&](const std::string& name) {
    return plan(with(kSmallSweep, "[evaluate]\n", "[evaluate]\nprecision = \"" + name + "\"\n"));
  };
  const Plan plain = plan(kSmallSweep), same = with_precision("float32"),
             other = with_precision("int8");
  for (size_t i = 0; i < plain.cells.size(); ++i) {
    const Job &before = plain.jobs[plain.cells[i].job], &after = other.jobs[other.cells[i].job];
    EXPECT_EQ(same.jobs[same.cells[i].job].key, before.key);
    EXPECT_NE(after.key, before.key);
    if (after.kind == JobKind::tune) {
      EXPECT_EQ(evaluation_precision_of(after), "int8");
    }
  }
  EXPECT_THAT(message(with(kSmallSweep, "[evaluate]\n", "[evaluate]\nprecision = \"int4\"\n")),
              HasSubstr("int8"));
}

}  // namespace
}  // namespace dovetail
