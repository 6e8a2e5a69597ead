// SPDX-License-Identifier: Apache-2.0
// Choices by validation examples, on a shipped checkpoint: which model a cell keeps and tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/scratch_folder.h"
#include "jobs/baseline.h"
#include "jobs/training_subset.h"
#include "jobs/tune.h"

namespace dovetail {
namespace {

using testing::SizeIs;

class ValidationTest : public testing::Test {
 protected:
  ValidationTest() {
    std::string rows;
    for (int i = 0; i < 40; ++i) rows += fmt::format("word {}\tthe answer {}\n", i, i % 4);
    folder_.write("train.tsv", rows);
    folder_.write("test.tsv", "a\tthe answer 1\nb\tthe answer 2\n");
    job_.key = "key";
    job_.locations.checkpoint = DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption";
    job_.locations.task =
        folder_.write("card.toml",
                      "kind = \"kg-tsv\"\nname = \"next\"\nphrase = \"comes before\"\n"
                      "train = \"train.tsv\"\ntest = \"test.tsv\"\n");
    cell_.task = {.name = "task", .fingerprint = "of the task"};
    cell_.start.objective.name = "checkpoint";
    cell_.tmpl.name = "mapping";
    cell_.tuning.name = "full";
    cell_.seed = 3;
    cell_.evaluate.metrics = {"rouge_l"};
    cell_.evaluate.max_new_tokens = 4;
    cell_.tune.steps.fixed = 20;
    cell_.tune.batch_size = 8;
    cell_.tune.evaluations = 10;
    cell_.tune.validation_examples = 1;
    cell_.tune.optimizer.learning_rate = 3e-3;
  }

  Record tuned() {
    job_.settings = cell_;
    std::vector<Record> records(1);
    run_tune({&job_, 1}, artefacts_, nullptr, records);
    EXPECT_EQ(records[0].status, RunStatus::finished) << records[0].reason;
    return records[0];
  }

  ScratchFolder folder_;
  Artefacts artefacts_{folder_.path() / "store"};
  Job job_;
  TuneJob cell_;
};

TEST_F(ValidationTest, ScoresValidationExamplesAsTestExamples) {
  cell_.tune.validation_examples = 6;
  const Record record = tuned();
  EXPECT_THAT(record.validation_scores.at("rouge_l"), SizeIs(6));
  EXPECT_THAT(record.validation_scores.at("loss"), SizeIs(6));
  EXPECT_THAT(record.per_example.at("rouge_l"), SizeIs(2));
  EXPECT_EQ(record.metrics.at("validation_examples"), 6);
  EXPECT_EQ(record.metrics.at("epochs"), 20 / 5.0);  // 34 rows in batches of 8
  EXPECT_EQ(record.provenance.at("schedule").at("batches_per_epoch"), 5);
}

// most_frequent answers every validation example of the seed with the same words: its exact matches
// there are the references that equal them, and its test scores are those without validation. A
// baseline that no seed changes is scored on the validation examples of all seeds.
TEST_F(ValidationTest, ScoresBaselinesOnTheSameExamples) {
  const auto scored = [&](BaselineJob baseline) {
    baseline.task = cell_.task;
    baseline.evaluate.metrics = {"exact_match"};
    job_.settings = baseline;
    Record record;
    run_baseline(job_, artefacts_, record);
    return record;
  };
  const SubsetSettings subset{{}, /*seed=*/3, /*validation_examples=*/12};
  const BaselineKind kind = BaselineKind::most_frequent;
  const Record without = scored({.baseline = kind, .subset = subset});
  const Record with = scored({.baseline = kind, .subset = subset, .validation = {{12, {3}}}});

  EXPECT_EQ(with.per_example, without.per_example);
  EXPECT_TRUE(without.validation_scores.empty());
  const auto task = load_task(job_, cell_.task, artefacts_);
  std::vector<float> expected;
  for (const Example* example :
       validation_examples_of(*task, training_subset(*task, {}, 3, /*validation_examples=*/12)))
    expected.push_back(example->references[0] == with.predictions.at(0) ? 1.0F : 0.0F);
  EXPECT_THAT(with.validation_scores.at("exact_match"),
              testing::UnorderedElementsAreArray(expected));
  EXPECT_THAT(expected, testing::Contains(1.0F));

  const Record copied = scored({.baseline = BaselineKind::copy, .validation = {{12, {1, 2, 3}}}});
  EXPECT_THAT(copied.validation_scores.at("exact_match"), SizeIs(36));
  const UntunedSettings untuned{.start = cell_.start, .tmpl = cell_.tmpl};
  const Record answered = scored(
      {.baseline = BaselineKind::untuned, .untuned = untuned, .validation = {{12, {1, 2, 3}}}});
  EXPECT_THAT(answered.validation_scores.at("exact_match"), SizeIs(36));
  EXPECT_THAT(answered.per_example.at("exact_match"), SizeIs(2));
}

// The rate rises to one that breaks the model, so its best point is not its last. The one
// validation example's loss under the kept model is the lowest of the curve.
TEST_F(ValidationTest, KeepsTheBestCheckpointAndStopsEarly) {
  cell_.tune.optimizer.learning_rate = 0.1;
  cell_.tune.optimizer.warmup = 19;
  cell_.tune.choice.best_checkpoint = true;
  for (const int64_t patience : {0, 2}) {
    cell_.tune.choice.patience = patience;
    const Record record = tuned();
    const Curve& curve = record.curves.at("validation_loss");
    const auto lowest = std::ranges::min_element(curve.values);
    const Json& schedule = record.provenance.at("schedule");
    ASSERT_LT(*lowest, curve.values.back());
    EXPECT_EQ(schedule.at("best_step"), curve.steps[lowest - curve.values.begin()]);
    EXPECT_NEAR(record.validation_scores.at("loss")[0], *lowest, 1e-4);
    const int64_t all = patience == 0 ? 20 : schedule.at("best_step").get<int64_t>() + 2 * patience;
    EXPECT_EQ(record.cost.train_steps, all);
    EXPECT_EQ(schedule.at("stopped_early"), patience > 0);
  }
}

// Of three rates the one that learns; the model is that of a training at this rate alone. A rate at
// which training fails is out of the choice.
TEST_F(ValidationTest, ChoosesALearningRate) {
  cell_.tune.optimizer.learning_rate = 5e-3;
  const Record alone = tuned();
  cell_.tune.choice.learning_rates = {1e-7, 5e-3, 1e25};
  const Record chosen = tuned();
  EXPECT_EQ(chosen.metrics.at("learning_rate"), 5e-3);
  EXPECT_EQ(chosen.per_example, alone.per_example);
  EXPECT_EQ(chosen.predictions, alone.predictions);
  const Json& tried = chosen.provenance.at("learning_rates");
  ASSERT_EQ(tried.size(), 3u);
  EXPECT_GT(tried[1].at("score"), tried[0].at("score"));
  EXPECT_GE(chosen.cost.train_steps, 2 * alone.cost.train_steps);
  EXPECT_EQ(chosen.provenance.at("schedule").at("learning_rate"), 5e-3);
}

// Measuring answers in the middle of a training leaves the training as it was, also where frozen
// weights lie packed.
TEST_F(ValidationTest, MeasuresAMetricWithoutTouchingTheTraining) {
  cell_.tune.validation_examples = 4;
  for (const char* tuning : {"full", "lora", "soft_prompt"}) {
    SCOPED_TRACE(tuning);
    cell_.tuning.name = tuning;
    cell_.tune.choice = {};
    const Record plain = tuned();
    cell_.tune.choice = {.metric = "rouge_l", .best_checkpoint = true};
    const Record watched = tuned();
    EXPECT_EQ(watched.curves.at("train_loss").values, plain.curves.at("train_loss").values);
    EXPECT_THAT(watched.curves.at("validation_rouge_l").steps, SizeIs(10));
  }
}

}  // namespace
}  // namespace dovetail
