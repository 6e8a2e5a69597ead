// SPDX-License-Identifier: Apache-2.0
// Whole cells on a shipped checkpoint: what they train on, and for how long.
#include "jobs/tune_cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "jobs/training_subset.h"
#include "jobs/tune.h"
#include "templates/render.h"

namespace dovetail {
namespace {

class TuneCellTest : public testing::Test {
 protected:
  // One epoch in batches of 8.
  static Job job(const std::string& tmpl) {
    TuneSettings tune;
    tune.steps.epochs = 1;
    tune.batch_size = 8;
    tune.max_target_length = 64;
    TuneJob cell{.task = {.name = "task", .fingerprint = "of the task"}};
    cell.start.objective.name = "checkpoint";
    cell.tmpl.name = tmpl;
    cell.tuning.name = "full";
    cell.seed = 3;
    cell.tune = tune;
    cell.evaluate.max_new_tokens = 4;
    Job job{.settings = cell};
    job.locations.checkpoint = DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption";
    return job;
  }

  // The targets of the cell's first epoch, as training gets them.
  static std::multiset<std::vector<int32_t>> trained_targets(TuneCell& cell) {
    std::multiset<std::vector<int32_t>> targets;
    for (int64_t step = 0; step < cell.training.steps; ++step) {
      const Batch batch = cell.training.next_batch(step);
      for (int64_t row = 0; row < batch.labels_BT.size(0); ++row) {
        std::vector<int32_t> ids;
        for (int64_t i = 0; i < batch.labels_BT.size(1); ++i) {
          const int64_t id = batch.labels_BT[row][i].item<int64_t>();
          if (id >= 0) ids.push_back(static_cast<int32_t>(id));  // not kIgnored
        }
        targets.insert(ids);
      }
    }
    return targets;
  }

  ScratchFolder folder_;
  Artefacts artefacts_{folder_.path() / "store"};
};

TaskData questions_with_long_answers(int count) {
  TaskData task;
  task.name = task.prefix = "openbook-qa";
  task.kind = "choice";
  task.layout = Layout::question;
  for (int i = 0; i < count; ++i) {
    const std::string answer = fmt::format(
        "the {} small house that stands at the end of a very long road by the river", i);
    task.train.push_back({.source = fmt::format("Which house is number {}?", i),
                          .references = {answer},
                          .choices = {answer, "none"},
                          .answer = 0});
  }
  return task;
}

// Theirs cut every target to the ids of the longest label ("choice1") and 5 more, some 8: a long
// answer lost its end, and the choice that followed it.
TEST_F(TuneCellTest, Trap21ACellTrainsOnWholeAnswers) {
  const auto task = std::make_shared<const TaskData>(questions_with_long_answers(20));
  for (const char* tmpl : {"answer_prompting", "masked_choice_prompting"}) {
    const Job tuned = job(tmpl);
    TuneCell cell(tuned, settings_of<TuneJob>(tuned), task, artefacts_, nullptr);
    std::multiset<std::vector<int32_t>> expected;
    for (const Example& example : task->train) {
      const std::string target = render(cell.tmpl, *task, example, example.references[0]).target;
      std::vector<int32_t> ids = cell.backbone.vocabulary->encode_with_sentinels(target);
      ids.push_back(1);
      EXPECT_GT(ids.size(), 16u);
      expected.insert(ids);
    }

    EXPECT_EQ(trained_targets(cell), expected) << tmpl;
    EXPECT_EQ(cell.counts.cut_targets, 0) << tmpl;
  }
}

// Theirs took the floor of rows / batch and one step less: 10 steps for 90 rows in batches of 8.
// They are 12, and the last one, of 2 rows, is trained on too.
TEST_F(TuneCellTest, Trap18ARunIsAsManyStepsAsItsEpochsSay) {
  std::string rows;
  for (int i = 0; i < 90; ++i) rows += fmt::format("{}\tnumber {}\n", i, i + 1);
  folder_.write("train.tsv", rows);
  folder_.write("test.tsv", "a\tb\n");
  Job tuned = job("mapping");
  tuned.locations.task =
      folder_.write("card.toml",
                    "kind = \"kg-tsv\"\nname = \"next\"\nphrase = \"comes before\"\n"
                    "train = \"train.tsv\"\ntest = \"test.tsv\"\n");
  const TuneJob& settings = settings_of<TuneJob>(tuned);
  const TuneCell untrained(tuned, settings, load_task(tuned, settings.task, artefacts_), artefacts_,
                           nullptr);
  int64_t tokens = 0;
  for (const Sequence& row : training_rows(untrained.encoder, untrained.subset).rows) {
    tokens += std::ssize(row.source) + std::ssize(row.target);
  }
  std::vector<Record> records(1);

  run_tune({&tuned, 1}, artefacts_, nullptr, records);

  ASSERT_EQ(records[0].status, RunStatus::finished) << records[0].reason;
  EXPECT_EQ(records[0].metrics.at("train_examples"), 90);
  EXPECT_EQ(records[0].cost.train_steps, 12);
  EXPECT_EQ(records[0].cost.train_tokens, tokens) << "every row once";
  EXPECT_EQ(records[0].curves.at("train_loss").steps.back(), 12);
}

}  // namespace
}  // namespace dovetail
