// SPDX-License-Identifier: Apache-2.0
#include "sweep/make_plan.h"

#include <map>
#include <set>

#include "golden/golden.h"
#include "plan/plan_text.h"
#include "sweep_fixture.h"

namespace dovetail {
namespace {

using ::testing::HasSubstr;
using PlanTest = SweepFixture;

std::map<std::string, const Job*> jobs_by_cell(const Plan& plan) {
  std::map<std::string, const Job*> jobs;
  for (const Cell& cell : plan.cells) jobs[cell.name] = &plan.jobs[cell.job];
  return jobs;
}

const Job& job_named(const Plan& plan, const std::string& name) {
  for (const Job& job : plan.jobs) {
    if (job.name == name) return job;
  }
  throw std::logic_error("no job " + name);
}

// Names of the cells and upstream jobs whose key differs between two plans.
std::set<std::string> changed(const Plan& before, const Plan& after) {
  std::map<std::string, std::string> keys;
  for (const Job& job : before.jobs) keys[job.name] = job.key;
  std::set<std::string> names;
  for (const Job& job : after.jobs) {
    if (keys.at(job.name) != job.key) names.insert(job.name);
  }
  return names;
}

// 2 objectives x 2 tasks x 2 templates x 2 tunings x 2 sizes x 2 seeds = 64 points, of which the
// exclusion takes 2 x 2 x 2 x 2 = 16. Baselines: 2 tasks x 2 sizes x 2 seeds; 2 tasks; 2 objectives
// x 2 tasks x 2 templates x 2 seeds, of which the seeds of a pre-trained model are one job.
TEST_F(PlanTest, CountsCellsAndJobs) {
  const Plan plan = this->plan(kSmallSweep);

  std::map<std::string, int> cells;
  for (const Cell& cell : plan.cells) ++cells[cell.baseline];
  std::map<JobKind, int> jobs;
  for (const Job& job : plan.jobs) ++jobs[job.kind];
  EXPECT_EQ(cells, (std::map<std::string, int>{
                       {"", 48}, {"most_frequent", 8}, {"copy", 2}, {"untuned", 16}}));
  EXPECT_EQ(jobs, (std::map<JobKind, int>{{JobKind::tokenizer, 1},
                                          {JobKind::pretrain, 1},
                                          {JobKind::tune, 48},
                                          {JobKind::baseline, 8 + 2 + 4 + 8}}));
}

TEST_F(PlanTest, NamesCells) {
  const Plan plan = this->plan(kSmallSweep);

  const auto jobs = jobs_by_cell(plan);
  for (const char* name :
       {"small/none/wordnet.category/mapping/full/examples30x3/seed1",
        "small/span_corruption/wordnet.derived_from/prompting/soft_prompt/all/seed2",
        "small/baseline/most_frequent/wordnet.category/examples30x3/seed2",
        "small/baseline/copy/wordnet.derived_from",
        "small/baseline/untuned/none/wordnet.category/prompting/seed2"}) {
    EXPECT_TRUE(jobs.contains(name)) << name;
  }
  EXPECT_FALSE(jobs.contains("small/none/wordnet.category/mapping/soft_prompt/all/seed1"));
  EXPECT_EQ(jobs.size(), plan.cells.size());
  EXPECT_EQ(plan.cells[0].coordinates,
            (std::array<std::string, kAxes.size()>{"none", "", "wordnet.category", "mapping",
                                                   "full", "examples30x3", "1"}));
}

TEST_F(PlanTest, SharesJobs) {
  const Plan plan = this->plan(kSmallSweep);

  const std::vector<int64_t> counts = cells_by_job(plan);
  const auto count = [&](const std::string& name) {
    return counts[&job_named(plan, name) - plan.jobs.data()];
  };
  EXPECT_EQ(count("tokenizer/unigram1000"), 48 + 16);
  EXPECT_EQ(count("pretrain/span_corruption/seed1"), 32 + 8);
  EXPECT_EQ(count("small/baseline/untuned/span_corruption/wordnet.category/mapping/seed1"), 2);
  EXPECT_EQ(count("small/baseline/untuned/none/wordnet.category/mapping/seed1"), 1);
}

TEST_F(PlanTest, InputsComeFirstAndGiveTheirKeys) {
  const Plan plan = this->plan(kSmallSweep);

  for (size_t i = 0; i < plan.jobs.size(); ++i) {
    const Job& job = plan.jobs[i];
    ASSERT_EQ(job.inputs.size(), job.input_keys.size());
    EXPECT_EQ(job.key.size(), 32);
    EXPECT_EQ(job.kind, kind_of(job.settings));
    EXPECT_GT(job.cost_seconds, 0);
    for (size_t k = 0; k < job.inputs.size(); ++k) {
      ASSERT_LT(job.inputs[k], static_cast<int64_t>(i));
      EXPECT_EQ(plan.jobs[job.inputs[k]].key, job.input_keys[k]);
    }
  }
}

// Cells around one frozen model, whatever their tasks, sizes and seeds.
TEST_F(PlanTest, NamesTheModelThatCellsSharePassesOver) {
  const Plan plan = this->plan(
      with(kSmallSweep, "\"full\"",
           "\"full\", { name = \"soft_prompt\", label = \"bf16\", precision = \"bfloat16\" }"));
  std::set<std::string> shared, apart;
  for (const Job& job : plan.jobs) {
    const bool may =
        job.kind == JobKind::tune && job.name.find("/soft_prompt/") != std::string::npos;
    (may ? shared : apart).insert(job.sharing);
  }
  EXPECT_THAT(shared, testing::ElementsAre(testing::StartsWith("pretrained/")));
  EXPECT_THAT(apart, testing::ElementsAre(""));
}

// The settings that the jobs read.
TEST_F(PlanTest, SettlesWhatJobsRead) {
  write_checkpoint("models/long");
  write("my-data.toml", "");
  std::string text =
      with(kSmallSweep, "\"span_corruption\"", "\"span_corruption\", \"models/long\"");
  text = with(text, "\"wordnet/derived_from\"", "\"my-data.toml\"");

  const Plan plan = this->plan(text);

  const Job& tokenizer = job_named(plan, "tokenizer/unigram1000");
  EXPECT_EQ(settings_of<TokenizerJob>(tokenizer).corpus.at(0).name, "wordnet-text");
  EXPECT_EQ(settings_of<TokenizerJob>(tokenizer).vocabulary.vocab_size, 1000);
  const Job& pretrain = job_named(plan, "pretrain/span_corruption/seed1");
  EXPECT_EQ(settings_of<PretrainJob>(pretrain).objective.name, "span_corruption");
  EXPECT_EQ(settings_of<PretrainJob>(pretrain).pretrain.steps, 100);
  const Job& live = job_named(
      plan, "small/span_corruption/wordnet.category/mapping/soft_prompt/examples30x3/seed2");
  ASSERT_EQ(live.inputs.size(), 2);
  EXPECT_EQ(plan.jobs[live.inputs[0]].kind, JobKind::tokenizer);
  EXPECT_EQ(plan.jobs[live.inputs[1]].kind, JobKind::pretrain);
  const TuneJob& settings = settings_of<TuneJob>(live);
  EXPECT_EQ(settings.tmpl.name, "mapping");
  EXPECT_EQ(settings.tmpl.parameters, Json::object());
  EXPECT_EQ(settings.seed, 2);
  EXPECT_EQ(settings.task.name, "wordnet/category");
  EXPECT_EQ(settings.task.kind, "lexical");
  EXPECT_EQ(settings.tuning.name, "soft_prompt");
  EXPECT_EQ(settings.tuning.parameters, (Json{{"num_virtual_tokens", 20}, {"place", "before"}}));
  EXPECT_EQ(settings.train_size.examples, 30);
  EXPECT_EQ(settings.tune.optimizer.learning_rate, 0.3);
  EXPECT_EQ(settings.evaluate.metrics.size(), 2);
  const Job& none = job_named(plan, "small/none/my-data/mapping/full/all/seed1");
  EXPECT_EQ(none.inputs.size(), 1);
  EXPECT_EQ(settings_of<TuneJob>(none).task.name, "my-data");
  EXPECT_EQ(none.locations.task, (folder_ / "my-data.toml").string());
  const Job& published = job_named(plan, "small/long/my-data/mapping/full/all/seed1");
  EXPECT_TRUE(published.inputs.empty());
  const StartSettings& start = settings_of<TuneJob>(published).start;
  EXPECT_EQ(start.objective.name, "checkpoint");
  EXPECT_EQ(start.objective.parameters.at("fingerprint"), content_hash("long"));
  EXPECT_EQ(start.model.at("d_model"), 64);
  EXPECT_EQ(published.locations.checkpoint, (folder_ / "models/long").string());
  for (const Job& job : plan.jobs) {
    const std::string hashed = settings_json(job.settings).dump();
    EXPECT_THAT(hashed, ::testing::Not(HasSubstr(folder_.string()))) << job.name;
  }
}

TEST_F(PlanTest, BaselinesReadOnlyWhatDecidesThem) {
  const Plan plan = this->plan(kSmallSweep);

  const auto settings = [&](const std::string& name) {
    return settings_json(job_named(plan, "small/baseline/" + name).settings);
  };
  const Json copy = settings("copy/wordnet.category");
  EXPECT_FALSE(copy.contains("subset") || copy.contains("untuned")) << copy;
  const Json most_frequent = settings("most_frequent/wordnet.category/all/seed1");
  EXPECT_TRUE(most_frequent.at("subset").contains("seed"));
  EXPECT_TRUE(most_frequent.at("subset").contains("train_size"));
  EXPECT_TRUE(
      settings("untuned/none/wordnet.category/mapping/seed1").at("untuned").contains("seed"));
  EXPECT_FALSE(settings("untuned/span_corruption/wordnet.category/mapping/seed1")
                   .at("untuned")
                   .contains("seed"));
}

TEST_F(PlanTest, TheFoldersDoNotMatter) {
  std::string text = with(kSmallSweep, "\"span_corruption\"", "\"models/long\"");
  text = with(text, "\"wordnet/derived_from\"", "\"my-data.toml\"");
  text = with(text, "vocab_size = 1000", "file = \"v/spiece.model\"");
  std::vector<Plan> plans;
  const std::filesystem::path here = std::filesystem::current_path();

  for (const char* place : {"one", "other/deeper"}) {
    write_checkpoint(std::string(place) + "/models/long");
    write(std::string(place) + "/my-data.toml", "");
    write(std::string(place) + "/v/spiece.model", "");
    write(std::string(place) + "/q.toml", text);
    plans.push_back(plan_of(parse_sweep(folder_ / place / "q.toml", test_catalogues())));
  }
  std::filesystem::current_path(folder_ / "one");  // and a relative path, from inside
  plans.push_back(plan_of(parse_sweep("q.toml", test_catalogues())));
  std::filesystem::current_path(here);

  for (const Plan& plan : plans) {
    EXPECT_EQ(plan.sweep_hash, plans[0].sweep_hash);
    ASSERT_EQ(plan.jobs.size(), plans[0].jobs.size());
    for (size_t i = 0; i < plan.jobs.size(); ++i) EXPECT_EQ(plan.jobs[i].key, plans[0].jobs[i].key);
  }
}

// Cells with their keys. A difference means that finished results are not found again.
TEST_F(PlanTest, GoldenKeys) {
  const Plan plan = this->plan(kSmallSweep);

  std::string text = "sweep " + plan.sweep_hash + "\n";
  for (const Job& job : plan.jobs) text += fmt::format("job {} {}\n", job.key, job.name);
  for (const Cell& cell : plan.cells) {
    text += fmt::format("cell {} {}\n", plan.jobs[cell.job].key, cell.name);
  }
  expect_golden("small_sweep_plan.txt", text);
}

TEST_F(PlanTest, ALearningRateOfTuningChangesThatTuning) {
  const Plan before = plan(kSmallSweep);

  const std::set<std::string> names = changed(before, plan(with(kSmallSweep, "5e-4", "6e-4")));

  std::set<std::string> expected;  // soft_prompt has a learning rate of its own
  for (const Cell& cell : before.cells) {
    if (cell.coordinates[4] == "full") expected.insert(cell.name);
  }
  EXPECT_EQ(expected.size(), 32);
  EXPECT_EQ(names, expected);
}

TEST_F(PlanTest, ALearningRateOfPretrainingChangesWhatIsBelowIt) {
  const Plan before = plan(kSmallSweep);

  const std::set<std::string> names = changed(before, plan(with(kSmallSweep, "3e-3", "4e-3")));

  std::set<std::string> expected = {"pretrain/span_corruption/seed1"};
  for (const Cell& cell : before.cells) {
    if (cell.coordinates[0] == "span_corruption") expected.insert(before.jobs[cell.job].name);
  }
  EXPECT_EQ(expected.size(), 1 + 32 + 4);
  EXPECT_EQ(names, expected);
}

TEST_F(PlanTest, WordingDoesNotMatter) {
  const Plan plan = this->plan(kSmallSweep);

  const Plan same = this->plan(with(kSmallSweep, "3e-3, schedule = \"linear\", warmup = 10 }",
                                    "0.003, warmup = 10, schedule = \"linear\" }  # the same"));
  const Plan more_seeds = this->plan(with(kSmallSweep, "[1, 2]", "[3, 2, 1]"));

  EXPECT_EQ(same.sweep_hash, plan.sweep_hash);
  EXPECT_NE(more_seeds.sweep_hash, plan.sweep_hash);
  const auto jobs = jobs_by_cell(more_seeds);
  for (const auto& [name, job] : jobs_by_cell(plan)) {
    EXPECT_EQ(jobs.at(name)->key, job->key) << name;
  }
}

TEST_F(PlanTest, SurvivesJson) {
  const Plan plan = this->plan(kSmallSweep);

  const Json json = plan;

  EXPECT_EQ(Json(Json::parse(json.dump()).get<Plan>()), json);
}

TEST_F(PlanTest, FilterKeepsCellsWithAllTheyNeed) {
  const Plan plan = this->plan(kSmallSweep);

  const Plan part = filter_plan(plan, "*/span_corruption/wordnet.category/*/soft_prompt/all/*");

  ASSERT_EQ(part.cells.size(), 4);
  EXPECT_EQ(part.jobs.size(), 4 + 2);
  EXPECT_EQ(part.sweep_hash, plan.sweep_hash);
  const auto all = jobs_by_cell(plan);
  for (const auto& [name, job] : jobs_by_cell(part)) EXPECT_EQ(job->key, all.at(name)->key);
  for (const Job& job : part.jobs) {
    for (size_t i = 0; i < job.inputs.size(); ++i) {
      EXPECT_EQ(part.jobs[job.inputs[i]].key, job.input_keys[i]);
    }
  }
  EXPECT_THROW(filter_plan(plan, "*/span_coruption/*"), ConfigError);
}

TEST_F(PlanTest, SweepsWithoutTasksMakeCheckpoints) {
  const Plan plan = this->plan(R"(name = "models"
[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
[axes]
objective = ["span_corruption", "prefix_lm"]
seed = [1, 2]
[[exclude]]
objective = "prefix_lm"
seed = 2
)");

  ASSERT_EQ(plan.cells.size(), 3);
  EXPECT_EQ(plan.jobs.size(), 3 + 1);
  EXPECT_EQ(plan.cells[1].name, "models/span_corruption/seed2");
  EXPECT_EQ(plan.cells[1].coordinates,
            (std::array<std::string, kAxes.size()>{"span_corruption", "", "", "", "", "", "2"}));
  const Job& job = plan.jobs[plan.cells[1].job];
  EXPECT_EQ(job.kind, JobKind::pretrain);
  EXPECT_EQ(job.name, "pretrain/span_corruption/seed2");
  EXPECT_EQ(settings_of<PretrainJob>(job).pretrain.seed, 2);
}

TEST_F(PlanTest, PrintsWhatItWouldDo) {
  const Plan plan = this->plan(kSmallSweep);

  const std::string text = plan_text(plan, 8);
  const Json json = plan_json(plan, 8);

  EXPECT_THAT(text, HasSubstr("sweep small: 74 cells, 72 jobs"));
  EXPECT_THAT(text, ::testing::ContainsRegex("pretrain/span_corruption/seed1 +for +40 cells"));
  EXPECT_THAT(text, ::testing::ContainsRegex("baseline untuned +16"));
  EXPECT_THAT(text, HasSubstr("8 workers"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("small/none/")));
  EXPECT_THAT(plan_text(plan, 8, true), HasSubstr("small/none/wordnet.category/mapping/full/all"));
  EXPECT_EQ(json.at("num_cells"), 74);
  EXPECT_EQ(json.at("jobs").size(), 72);
  EXPECT_EQ(json.at("makespan").size(), 3);
}

TEST(PlanText, WritesDurations) {
  EXPECT_EQ(readable_seconds(0.25), "0.2 s");
  EXPECT_EQ(readable_seconds(59.4), "59 s");
  EXPECT_EQ(readable_seconds(200), "3 min 20 s");
  EXPECT_EQ(readable_seconds(2 * 3600 + 5 * 60), "2 h 5 min");
  EXPECT_EQ(readable_seconds(4 * 86400 + 3 * 3600), "4 d 3 h");
}

// Data with one task whose references the sweep's metrics cannot read.
class ForeignData : public NamedData {
 public:
  std::string primary_metric(const std::string& task, const std::vector<std::string>&) override {
    return task == "wordnet/category" ? "rouge_l_xlsum" : "rouge_l";
  }
  std::vector<std::string> metric_notes(const std::string& task,
                                        const std::vector<std::string>&) override {
    if (task != "wordnet/category") return {};
    return {"rouge_l is missing"};
  }
};

TEST_F(PlanTest, AMetricThatMustDecideATaskIsMeasuredForThatTaskAlone) {
  const Sweep sweep = parse(kSmallSweep);
  ForeignData foreign;
  const Plan before = plan_of(sweep), after = make_plan(sweep, foreign);

  EXPECT_EQ(after.metrics, (std::vector<std::string>{"rouge_l", "exact_match", "rouge_l_xlsum"}));
  EXPECT_EQ(after.primary_metrics.at("wordnet.category"), "rouge_l_xlsum");
  for (const std::string& name : changed(before, after))
    EXPECT_THAT(name, HasSubstr("wordnet.category"));
  EXPECT_FALSE(changed(before, after).empty());
  EXPECT_EQ(after.notes, std::vector<std::string>{"task wordnet.category: rouge_l is missing"});
  EXPECT_THAT(plan_text(after, 1), HasSubstr("\nnotes\n  task wordnet.category: rouge_l"));
  EXPECT_EQ(Json(after).get<Plan>().notes, after.notes);
  EXPECT_FALSE(Json(before).contains("notes"));
}

// Tasks that are parts of one file have what is to be known of it in common.
class OneFile : public NamedData {
 public:
  std::vector<std::string> data_notes(const std::string& task) override {
    return {"rows.tsv has bad rows", task + " is small"};
  }
};

TEST_F(PlanTest, WhatSeveralTasksHaveInCommonIsNotedOnce) {
  OneFile data;

  const Plan plan = make_plan(parse(kSmallSweep), data);

  EXPECT_EQ(plan.notes, (std::vector<std::string>{
                            "tasks wordnet.category, wordnet.derived_from: rows.tsv has bad rows",
                            "task wordnet.category: wordnet/category is small",
                            "task wordnet.derived_from: wordnet/derived_from is small"}));
}

// The pre-training run behind each seed of one start, by the name of its job.
std::vector<std::string> runs_behind(const Plan& plan, const std::string& objective) {
  std::vector<std::string> runs;
  for (const char* seed : {"1", "2"}) {
    const std::string cell =
        "small/" + objective + "/wordnet.category/mapping/full/examples30x3/seed" + seed;
    const Job& job = *jobs_by_cell(plan).at(cell);
    for (const int64_t input : job.inputs) {
      const Job& upstream = plan.jobs[static_cast<size_t>(input)];
      if (upstream.kind == JobKind::pretrain) runs.push_back(upstream.name);
    }
  }
  return runs;
}

TEST_F(PlanTest, SeedsTakeTheReplicatesInTurn) {
  const Plan once = plan(kSmallSweep);
  const Plan twice = plan(with(kSmallSweep, "\"none\", \"span_corruption\"",
                               "\"none\", { name = \"span_corruption\", replicates = 2 }"));

  EXPECT_THAT(
      runs_behind(once, "span_corruption"),
      ::testing::ElementsAre("pretrain/span_corruption/seed1", "pretrain/span_corruption/seed1"));
  EXPECT_THAT(
      runs_behind(twice, "span_corruption"),
      ::testing::ElementsAre("pretrain/span_corruption/seed1", "pretrain/span_corruption/seed2"));
  // the first is the run there was, under its key
  EXPECT_EQ(job_named(twice, "pretrain/span_corruption/seed1").key,
            job_named(once, "pretrain/span_corruption/seed1").key);
}

TEST_F(PlanTest, ReplicatesThatSeedsDoNotShareEvenlyAreRefused) {
  EXPECT_THAT(message(with(kSmallSweep, "\"none\", \"span_corruption\"",
                           "\"none\", { name = \"span_corruption\", replicates = 3 }")),
              HasSubstr("must be a multiple of 3, and the axis seed has 2"));
}

TEST_F(PlanTest, APartOfASeedChangesTheCellsThatHaveIt) {
  const Plan before = plan(kSmallSweep);
  const Plan after = plan(
      with(kSmallSweep, "seed = [1, 2]", "seed = [1, { seed = 2, order = 7, label = \"2\" }]"));

  const auto job = [](const Plan& plan, const char* seed) {
    return jobs_by_cell(plan).at(
        std::string("small/none/wordnet.category/mapping/full/examples30x3/seed") + seed);
  };
  EXPECT_EQ(job(after, "1")->key, job(before, "1")->key);
  EXPECT_NE(job(after, "2")->key, job(before, "2")->key);
  const auto& cell = std::get<TuneJob>(job(after, "2")->settings);
  EXPECT_EQ(cell.seed_of(&SeedParts::order), 7);
  EXPECT_EQ(cell.seed_of(&SeedParts::subset), 2);
}

}  // namespace
}  // namespace dovetail
