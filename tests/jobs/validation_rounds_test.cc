// SPDX-License-Identifier: Apache-2.0
// Cells that are tuned side by side have the validation points and scores that each has alone.
#include "jobs/validation_rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "jobs/tune.h"
#include "plan/record.h"

namespace dovetail {
namespace {

class ValidationRoundsTest : public testing::Test {
 protected:
  ValidationRoundsTest() {
    std::string rows;
    for (int i = 0; i < 40; ++i) rows += fmt::format("word {}\tthe answer {}\n", i, i % 4);
    folder_.write("train.tsv", rows);
    folder_.write("test.tsv", "a\tthe answer 1\nb\tthe answer 2\n");
    card_ = folder_.write("card.toml",
                          "kind = \"kg-tsv\"\nname = \"next\"\nphrase = \"comes before\"\n"
                          "train = \"train.tsv\"\ntest = \"test.tsv\"\n");
  }

  Job job(const ChoiceSettings& tuning, uint64_t seed, int64_t evaluations) {
    TuneJob cell;
    cell.task = {.name = "task", .fingerprint = "of the task"};
    cell.start.objective.name = "checkpoint";
    cell.tmpl.name = "mapping";
    cell.tuning = tuning;
    cell.seed = seed;
    cell.evaluate.metrics = {"rouge_l"};
    cell.evaluate.max_new_tokens = 4;
    cell.tune.steps.fixed = 12;
    cell.tune.batch_size = 8;
    cell.tune.evaluations = evaluations;
    cell.tune.validation_examples = 6;
    cell.tune.optimizer.learning_rate = 3e-2;
    cell.tune.choice.best_checkpoint = true;
    cell.tune.choice.metric = metric_;
    Job job;
    job.key = fmt::format("{}{}", tuning.name, seed);
    job.locations.checkpoint = DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption";
    job.locations.task = card_;
    job.settings = cell;
    return job;
  }

  std::vector<Job> group() {
    const ChoiceSettings lora{"lora", {{"r", 4}}}, prefix{"prefix", {{"num_virtual_tokens", 3}}};
    std::vector<Job> jobs = {job(lora, 1, 4), job(prefix, 2, 3), job(lora, 3, 6)};
    std::get<TuneJob>(jobs[2].settings).tune.options.ema = 0.5;
    std::get<TuneJob>(jobs[2].settings).tune.choice.patience = 1;
    std::get<TuneJob>(jobs[1].settings).tune.steps.fixed = 9;
    return jobs;
  }

  std::vector<Record> tuned(std::span<const Job> jobs) {
    std::vector<Record> records(jobs.size());
    run_tune(jobs, artefacts_, nullptr, records);
    for (const Record& record : records)
      EXPECT_EQ(record.status, RunStatus::finished) << record.reason;
    return records;
  }

  void expect_as_alone() {
    const std::vector<Job> jobs = group();
    const std::vector<Record> records = tuned(jobs);
    for (size_t i = 0; i < jobs.size(); ++i) {
      const Record alone = tuned({&jobs[i], 1}).front();
      for (const auto& [name, curve] : alone.curves) {
        EXPECT_EQ(records[i].curves.at(name).steps, curve.steps) << i << " " << name;
        for (size_t k = 0; k < curve.values.size(); ++k)
          EXPECT_NEAR(records[i].curves.at(name).values[k], curve.values[k], 1e-4) << i << name;
      }
      EXPECT_EQ(records[i].provenance.at("schedule"), alone.provenance.at("schedule"));
      const std::vector<float>& expected = alone.validation_scores.at("loss");
      const std::vector<float>& found = records[i].validation_scores.at("loss");
      ASSERT_EQ(found.size(), expected.size());
      for (size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(found[k], expected[k], 1e-4);
    }
  }

  ScratchFolder folder_;
  Artefacts artefacts_{folder_.path() / "store"};
  std::string card_, metric_ = "loss";
};

TEST_F(ValidationRoundsTest, EachCellHasItsOwnCurve) { expect_as_alone(); }

TEST_F(ValidationRoundsTest, EachCellIsChosenByItsOwnAnswers) {
  metric_ = "rouge_l";
  expect_as_alone();
}

}  // namespace
}  // namespace dovetail
