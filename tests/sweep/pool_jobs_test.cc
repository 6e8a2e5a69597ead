// SPDX-License-Identifier: Apache-2.0
// The jobs of adaptations to a task's pool, and that no published defect of PCP's can come back:
// checkpoints shared between seeds, continued from
// a tuned model, or labels from elsewhere than the cell itself.
#include "sweep/pool_jobs.h"

#include <set>

#include "sweep_fixture.h"

namespace dovetail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPooled = R"(name = "small"
[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
vocabulary = { vocab_size = 1000 }
[pretrain]
steps = 100
[adapt]
pool = "train"
rows = 800
steps = { per_epoch = 5 }
[tune]
steps = 10
max_source_length = 48
[axes]
objective = ["span_corruption"]
adaptation = ["none", "tapt", { name = "tapt", form = "template", label = "template" }, "pcp", { name = "pcp", labels = "random", label = "random" }, "self_training"]
task = ["wordnet/category"]
template = ["mapping", "masked_mapping"]
tuning = ["full"]
train_size = [{ per_class = 16 }]
seed = [1, 2]
)";

class PoolJobsTest : public SweepFixture {
 protected:
  static const Job& named(const Plan& plan, const std::string& name) {
    for (const Job& job : plan.jobs)
      if (job.name == name) return job;
    throw std::logic_error("no job " + name);
  }
  static int64_t index_of(const Plan& plan, const Job& job) { return &job - plan.jobs.data(); }
  static std::string cell(const std::string& adaptation, int seed) {
    return fmt::format("small/span_corruption/{}/wordnet.category/mapping/full/per_class16/seed{}",
                       adaptation, seed);
  }
};

TEST_F(PoolJobsTest, PcpIsTunedLabelledContinuedFromTheBaseAndTunedAgain) {
  const Plan plan = this->plan(kPooled);
  const Job& labeller = named(plan, cell("none", 1));
  const Job& tuned = named(plan, cell("pcp", 1));
  ASSERT_EQ(tuned.inputs.size(), 1u);
  const Job& adapted = plan.jobs[tuned.inputs[0]];

  EXPECT_EQ(adapted.kind, JobKind::adapt);
  EXPECT_EQ(adapted.input_keys.back(), labeller.key) << "labels of the cell of the same seed";
  // from the base weights: what the labelling cell itself starts from
  ASSERT_EQ(adapted.input_keys.size(), labeller.input_keys.size() + 1);
  EXPECT_TRUE(std::equal(labeller.input_keys.begin(), labeller.input_keys.end(),
                         adapted.input_keys.begin()));
  const auto& settings = settings_of<AdaptJob>(adapted);
  EXPECT_EQ(settings.start.adaptation, "");
  EXPECT_EQ(settings.pool->objective.name, "span_corruption");
  EXPECT_EQ(settings.pool->tmpl->name, "mapping");
  EXPECT_EQ(settings.adapt.max_source_length, 48) << "lines are cut as the cells' rows";
  EXPECT_TRUE(settings_of<TuneJob>(labeller).labelling);
  EXPECT_FALSE(settings_of<TuneJob>(tuned).labelling);
}

// The released scripts made one checkpoint with the labels of seed 13 for all five seeds.
TEST_F(PoolJobsTest, EverySeedHasLabelsAndACheckpointOfItsOwn) {
  const Plan plan = this->plan(kPooled);
  for (const char* adaptation : {"pcp", "random", "tapt"}) {
    const Job& one = plan.jobs[named(plan, cell(adaptation, 1)).inputs.at(0)];
    const Job& two = plan.jobs[named(plan, cell(adaptation, 2)).inputs.at(0)];
    EXPECT_NE(one.key, two.key) << adaptation;
    EXPECT_EQ(settings_of<AdaptJob>(one).pool->seed, 1u);
    EXPECT_EQ(settings_of<AdaptJob>(two).pool->seed, 2u);
  }
}

TEST_F(PoolJobsTest, WhatNeedsNoLabelsNeedsNoTunedCell) {
  const Plan plan = this->plan(kPooled);
  for (const char* adaptation : {"tapt", "template", "random"}) {
    const Job& adapted = plan.jobs[named(plan, cell(adaptation, 1)).inputs.at(0)];
    for (const int64_t input : adapted.inputs)
      EXPECT_NE(plan.jobs[input].kind, JobKind::tune) << adaptation;
  }
  // tapt's texts know no template, so one checkpoint serves both; the others' do
  const auto checkpoint = [&](const std::string& adaptation, const std::string& tmpl) {
    const Job& job = named(plan, with(cell(adaptation, 1), "/mapping/", "/" + tmpl + "/"));
    return job.input_keys.at(0);
  };
  EXPECT_EQ(checkpoint("tapt", "mapping"), checkpoint("tapt", "masked_mapping"));
  for (const char* adaptation : {"template", "random", "pcp"})
    EXPECT_NE(checkpoint(adaptation, "mapping"), checkpoint(adaptation, "masked_mapping"));
}

TEST_F(PoolJobsTest, SelfTrainingIsTheCellItselfFromTheBase) {
  const Plan plan = this->plan(kPooled);
  const Job& cell_job = named(plan, cell("self_training", 1));

  EXPECT_EQ(cell_job.input_keys, named(plan, cell("none", 1)).input_keys);
  const auto& settings = settings_of<TuneJob>(cell_job);
  ASSERT_TRUE(settings.self_training);
  EXPECT_EQ(settings.self_training->more_steps, 250) << "5 epochs of 800 rows in batches of 16";
  EXPECT_EQ(settings.self_training->parameters.at("method"), "fixmatch");
  EXPECT_EQ(cell_job.sharing, "");
}

// Without pcp nothing is labelled, and the cells are those of a sweep without adaptations.
TEST_F(PoolJobsTest, CellsLabelForThoseAloneWhoAsk) {
  const std::string bare = with(kPooled, "\"pcp\", ", "");
  const Plan without = plan(bare);
  EXPECT_FALSE(settings_of<TuneJob>(named(without, cell("none", 1))).labelling);
  const Plan none = plan(with(
      bare,
      R"(adaptation = ["none", "tapt", { name = "tapt", form = "template", label = "template" }, { name = "pcp", labels = "random", label = "random" }, "self_training"]
)",
      ""));
  std::set<std::string> keys;
  for (const Job& job : none.jobs) keys.insert(job.key);
  EXPECT_TRUE(keys.contains(named(without, cell("none", 1)).key));

  const Plan excluded =
      plan(std::string(kPooled) + "[[exclude]]\nadaptation = \"pcp\"\nseed = \"2\"\n");
  EXPECT_TRUE(settings_of<TuneJob>(named(excluded, cell("none", 1))).labelling);
  EXPECT_FALSE(settings_of<TuneJob>(named(excluded, cell("none", 2))).labelling);
}

TEST_F(PoolJobsTest, ACurveOverThePoolLabelsItOnce) {
  const Plan plan =
      this->plan(with(kPooled, "\"pcp\",",
                      "{ name = \"pcp\", examples = 50, label = \"pcp50\" }, { name = "
                      "\"pcp\", examples = 200, label = \"pcp200\" },"));
  const Job& labeller = named(plan, cell("none", 1));
  EXPECT_EQ(settings_of<TuneJob>(labeller).labelling->pool.examples, 200);
  for (const auto& [adaptation, examples] : {std::pair("pcp50", 50), std::pair("pcp200", 200)}) {
    const Job& adapted = plan.jobs[named(plan, cell(adaptation, 1)).inputs.at(0)];
    EXPECT_EQ(adapted.input_keys.back(), labeller.key);
    EXPECT_EQ(settings_of<AdaptJob>(adapted).pool->pool.examples, examples);
  }
}

// The labels are those of the cell that the adaptation before it made.
TEST_F(PoolJobsTest, OneAfterAnotherContinuesItsModelOnLabelsOfItsCell) {
  const std::string both = with(kPooled, "\"self_training\"",
                                "{ name = \"pcp\", after = \"tapt\", label = \"tapt_pcp\" }");
  const Plan plan = this->plan(both);
  const Job& adapted = plan.jobs[named(plan, cell("tapt_pcp", 1)).inputs.at(0)];
  const Job& tapt = named(plan, cell("tapt", 1));
  EXPECT_EQ(settings_of<AdaptJob>(adapted).start.adaptation, "tapt");
  EXPECT_THAT(adapted.inputs, testing::ElementsAre(tapt.inputs.at(0), index_of(plan, tapt)));
  EXPECT_TRUE(settings_of<TuneJob>(tapt).labelling);
  EXPECT_FALSE(settings_of<TuneJob>(named(plan, cell("pcp", 1))).labelling);
  EXPECT_NE(adapted.key, plan.jobs[named(plan, cell("pcp", 1)).inputs.at(0)].key);
  EXPECT_EQ(named(plan, cell("pcp", 1)).key, named(this->plan(kPooled), cell("pcp", 1)).key);
}

TEST_F(PoolJobsTest, AnotherThatIsNoneBeforeItIsRefused) {
  const auto refused = [&](const char* after) {
    return message(with(kPooled, "\"self_training\"",
                        fmt::format("{{ name = \"pcp\", after = \"{}\", label = \"p\" }}", after)));
  };
  EXPECT_THAT(refused("tapd"), HasSubstr("adaptation \"p\" is made after \"tapd\", which is no "
                                         "label of an adaptation that stands before it on the "
                                         "axis: did you mean \"tapt\"?"));
  EXPECT_THAT(refused("p"), HasSubstr("is made after \"p\""));
  EXPECT_THAT(refused("none"), HasSubstr("is made after \"none\""));
}

// Texts have no soft tokens. The labels are those of the cell that has them.
TEST_F(PoolJobsTest, LinesOfASoftTemplateHaveItsWords) {
  const std::string soft = with(with(kPooled, "\"masked_mapping\"", "\"soft_mapping\""),
                                "tuning = [\"full\"]", "tuning = [\"soft_prompt\"]");
  const Plan plan = this->plan(soft);
  for (const char* tmpl : {"mapping", "soft_mapping"}) {
    const auto cell = [&](const char* adaptation) {
      return fmt::format(
          "small/span_corruption/{}/wordnet.category/{}/soft_prompt/per_class16/seed1", adaptation,
          tmpl);
    };
    const Job& adapted = plan.jobs[named(plan, cell("pcp")).inputs.at(0)];
    EXPECT_EQ(settings_of<AdaptJob>(adapted).pool->tmpl->name, "mapping");
    EXPECT_EQ(adapted.input_keys.back(), named(plan, cell("none")).key);
  }
  EXPECT_THAT(message(with(soft, "\"soft_mapping\"", "\"post_pt\"")),
              HasSubstr("template \"post_pt\" has soft tokens without words"));
}

TEST_F(PoolJobsTest, APcpWithoutItsCellOnTheGridHasOneForItself) {
  const Plan plan = this->plan(with(kPooled, "\"none\", ", ""));
  const Job& adapted = plan.jobs[named(plan, cell("pcp", 1)).inputs.at(0)];
  const Job& labeller = plan.jobs[adapted.inputs.back()];
  EXPECT_EQ(labeller.kind, JobKind::tune);
  EXPECT_THAT(labeller.name, HasSubstr("adapt/label/span_corruption/wordnet.category/mapping"));
}

TEST_F(PoolJobsTest, KeysHangOnNothingElse) {
  const auto key = [&](const std::string& text) {
    const Plan plan = this->plan(text);
    return plan.jobs[named(plan, cell("pcp", 1)).inputs.at(0)].key;
  };
  const std::string before = key(kPooled);
  EXPECT_EQ(before,
            key(with(kPooled, "rows = 800", "rows = 800\nprefix = \"x\"\nsplit = \"random\"")))
      << "of sentences";
  EXPECT_NE(before, key(with(kPooled, "per_epoch = 5", "per_epoch = 6")));
  EXPECT_NE(before, key(with(kPooled, "steps = 10", "steps = 11"))) << "the labels hang on it";
  EXPECT_NE(before, key(with(kPooled, "\"pcp\"", "{ name = \"pcp\", mask_label = \"always\" }")));
}

TEST_F(PoolJobsTest, UntunedBaselinesAndProbesDoNotStartFromPools) {
  const Plan plan = this->plan(with(kPooled, "[axes]", "[select]\nexamples = 4\n[axes]"));
  for (const auto* cells : {&plan.cells, &plan.probes}) {
    for (const Cell& one : *cells) {
      if (one.baseline.empty()) continue;
      EXPECT_THAT(one.coordinates[kAdaptation], ::testing::AnyOf("", "none")) << one.name;
    }
  }
}

TEST_F(PoolJobsTest, BadInputIsRefusedAtItsPlace) {
  const auto text = [&](const std::string& value) { return with(kPooled, "\"pcp\"", value); };
  EXPECT_THAT(message(text("{ name = \"pcp\", labels = \"gold\" }")),
              HasSubstr("q.toml:18:89: pcp:"));
  EXPECT_THAT(message(text("{ name = \"pcp\", labels = \"gold\" }")),
              HasSubstr("labels must be one of pseudo, shuffled, random, one, oracle"));
  EXPECT_THAT(message(text("{ name = \"pcp\", split = \"random\" }")),
              HasSubstr("unknown key \"split\""));
  EXPECT_THAT(message(text("{ name = \"tapt\", mask_label = \"never\", label = \"x\" }")),
              HasSubstr("unknown key \"mask_label\""));
  EXPECT_THAT(message(text("{ name = \"self_training\", teacher = \"ema\", label = \"x\" }")),
              HasSubstr("give [tune] ema = 0.999"));
  EXPECT_THAT(message(with(kPooled, "pool = \"train\"", "pool = \"nowhere.txt\"")),
              HasSubstr("q.toml:10:8: pool must be \"card\""));
  EXPECT_THAT(message(with(kPooled, "[\"span_corruption\"]", "[\"span_corruption\", \"none\"]")),
              HasSubstr("adaptation \"tapt\" continues an objective, and \"none\" has none"));
}

}  // namespace
}  // namespace dovetail
