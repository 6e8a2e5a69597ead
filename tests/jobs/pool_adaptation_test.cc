// SPDX-License-Identifier: Apache-2.0
// From a tuned cell to a text that the base continues on: whole jobs on a shipped checkpoint.
#include "jobs/pool_adaptation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/scratch_folder.h"
#include "jobs/adapt.h"
#include "jobs/pool_labels.h"
#include "jobs/training_subset.h"
#include "jobs/tune.h"
#include "jobs/tune_cell.h"
#include "plan/adaptations.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

class PoolAdaptationTest : public testing::Test {
 protected:
  PoolAdaptationTest() {
    write_data(/*label_of_pool=*/[](int i) { return i % 2; });
  }

  template <typename LabelOf>
  void write_data(LabelOf label_of_pool) {
    std::string train, test, pool;
    for (int i = 0; i < 8; ++i) train += fmt::format("{},film number {}\n", i % 2, i);
    for (int i = 0; i < 4; ++i) test += fmt::format("{},a play number {}\n", i % 2, i);
    for (int i = 0; i < 12; ++i)
      pool += fmt::format("{},some book number {}\n", label_of_pool(i), i);
    folder_.write("train.csv", train);
    folder_.write("test.csv", test);
    folder_.write("pool.csv", pool);
    card_ = folder_.write("card.toml",
                          "kind = \"classification\"\nname = \"mine\"\nprefix = \"sst2\"\n"
                          "format = \"csv\"\ntrain = \"train.csv\"\ntest = \"test.csv\"\n"
                          "columns = { text = 2, label = 1 }\n"
                          "labels = { 0 = \"terrible\", 1 = \"great\" }\n"
                          "pool = { files = \"pool.csv\" }\n");
  }

  static AdaptSettings adaptation(const std::string& name, Json given = Json::object()) {
    AdaptSettings adapt{.name = name,
                        .parameters = resolve_parameters(find_adaptation(name), given),
                        .steps = {.fixed = 3},
                        .batch_size = 4};
    adapt.optimizer.learning_rate = 1e-3;
    return adapt;
  }

  Job base_job(JobSettings settings, const std::string& key) {
    Job job{.key = key, .settings = std::move(settings)};
    job.kind = kind_of(job.settings);
    job.locations.checkpoint = DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption";
    job.locations.task = card_.string();
    return job;
  }

  // A cell that labels the pool, for two steps.
  Job labeller(uint64_t seed) {
    TuneJob cell{.task = {.name = "task"}, .seed = seed};
    cell.start.objective.name = "checkpoint";
    cell.tmpl.name = "cloze";
    cell.tuning.name = "full";
    cell.train_size.per_class = 2;
    cell.tune.steps.fixed = 2;
    cell.tune.batch_size = 4;
    cell.tune.optimizer.learning_rate = 1e-2;
    cell.evaluate.metrics = {"exact_match"};
    cell.labelling = PoolLabelling{.pool = {}, .long_labels = "normalize"};
    return base_job(cell, "label" + std::to_string(seed));
  }

  Job self_trained(const std::string& method) {
    TuneJob cell = settings_of<TuneJob>(labeller(1));
    cell.labelling.reset();
    const Json given = {{"method", method}, {"threshold", 0.4}, {"warmup", 0.5}};
    cell.self_training =
        SelfTraining{.pool = {},
                     .long_labels = "normalize",
                     .more_steps = 4,
                     .parameters = resolve_parameters(find_adaptation("self_training"), given)};
    return base_job(cell, method);
  }

  Job adapting(const AdaptSettings& adapt, const std::string& key, const std::string& labels) {
    AdaptJob settings{.adapt = adapt};
    settings.start.objective.name = "checkpoint";
    settings.pool = PoolAdaptation{.task = {.name = "task"},
                                   .objective = {.name = "span_corruption"},
                                   .tmpl = TemplateSettings{.name = "cloze"}};
    Job job = base_job(settings, key);
    if (!labels.empty()) job.input_keys = {labels};
    return job;
  }

  Record tuned(const Job& job, Artefacts& artefacts) {
    std::vector<Record> records(1);
    run_tune({&job, 1}, artefacts, nullptr, records);
    EXPECT_EQ(records[0].status, RunStatus::finished) << records[0].reason;
    return records[0];
  }

  std::string text_of(const std::string& key, const std::string& store = "store") {
    return read_file(folder_.path() / store / key / kPoolTextFile);
  }

  ScratchFolder folder_;
  std::filesystem::path card_;
  Artefacts artefacts_{folder_.path() / "store"};
};

int64_t lines_with(const std::string& text, const std::string& part) {
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(PoolAdaptationTest, FillsALineForEachExampleWithThePredictedLabel) {
  const Record record = tuned(labeller(1), artefacts_);
  EXPECT_EQ(record.metrics.at("pseudo_labels"), 12);
  EXPECT_GE(record.metrics.at("pseudo_label_probability"), 0.5);
  Record adapted;

  run_adapt(adapting(adaptation("pcp"), "pcp", "label1"), artefacts_, 1e9, adapted);

  const std::string text = text_of("pcp");
  const std::string labels = read_file(folder_.path() / "store/label1/labels" / kPoolLabelsFile);
  EXPECT_EQ(lines_with(text, "some book number"), 12);
  for (const char* word : {"great", "terrible"})
    EXPECT_EQ(lines_with(text, fmt::format("It was {} .", word)),
              lines_with(labels, fmt::format("\"label\":\"{}\"", word)));
  EXPECT_EQ(adapted.metrics.at("pool_examples"), 12);
  EXPECT_EQ(adapted.metrics.at("pool_label_accuracy"), record.metrics.at("pseudo_label_accuracy"));
  EXPECT_EQ(adapted.metrics.at("steps"), 3);
}

// The labels of the data reach the measured accuracies, and no text, no model and no answer.
TEST_F(PoolAdaptationTest, LabelsPlantedInThePoolChangeNothing) {
  const Record right = tuned(labeller(1), artefacts_);
  Record adapted;
  run_adapt(adapting(adaptation("pcp"), "pcp", "label1"), artefacts_, 1e9, adapted);
  write_data([](int i) { return 1 - i % 2; });
  Artefacts others(folder_.path() / "other");

  const Record planted = tuned(labeller(1), others);
  Record with_planted;
  run_adapt(adapting(adaptation("pcp"), "pcp", "label1"), others, 1e9, with_planted);

  EXPECT_EQ(planted.predictions, right.predictions);
  EXPECT_EQ(planted.metrics.at("loss"), right.metrics.at("loss"));
  EXPECT_EQ(text_of("pcp", "other"), text_of("pcp"));
  EXPECT_EQ(with_planted.metrics.at("train_loss"), adapted.metrics.at("train_loss"));
  EXPECT_EQ(read_file(folder_.path() / "other/pcp/model.safetensors"),
            read_file(folder_.path() / "store/pcp/model.safetensors"));
  EXPECT_DOUBLE_EQ(with_planted.metrics.at("pool_label_accuracy"),
                   1 - adapted.metrics.at("pool_label_accuracy"));
}

TEST_F(PoolAdaptationTest, ControlsDifferInTheirLabelsAlone) {
  tuned(labeller(1), artefacts_);
  std::map<std::string, Record> records;
  for (const char* labels : {"pseudo", "shuffled", "random", "one", "oracle"}) {
    run_adapt(adapting(adaptation("pcp", {{"labels", labels}}), labels, "label1"), artefacts_, 1e9,
              records[labels]);
    EXPECT_EQ(records[labels].metrics.at("steps"), 3) << labels;
    EXPECT_EQ(lines_with(text_of(labels), "some book number"), 12) << labels;
  }
  EXPECT_EQ(records["oracle"].metrics.at("pool_label_accuracy"), 1);
  const int64_t great = lines_with(text_of("one"), "great");
  EXPECT_TRUE(great == 0 || great == 12);
  EXPECT_EQ(lines_with(text_of("shuffled"), "great"), lines_with(text_of("pseudo"), "great"));
  for (const char* form : {"text", "template"}) {
    Record tapt;
    run_adapt(adapting(adaptation("tapt", {{"form", form}}), form, ""), artefacts_, 1e9, tapt);
    EXPECT_FALSE(tapt.metrics.contains("pool_label_accuracy"));
    EXPECT_EQ(lines_with(text_of(form), "It was"), form == std::string("text") ? 0 : 12);
    EXPECT_EQ(lines_with(text_of(form), "great") + lines_with(text_of(form), "terrible"), 0);
  }
}

// With a rate of 0 the checkpoint is what the training began with.
TEST_F(PoolAdaptationTest, ContinuesFromTheBaseAndNotFromTheTunedCell) {
  tuned(labeller(1), artefacts_);
  AdaptSettings still = adaptation("pcp");
  still.optimizer.learning_rate = 0;
  Record record;

  run_adapt(adapting(still, "still", "label1"), artefacts_, 1e9, record);

  const auto base = artefacts_.checkpoint(DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption");
  const auto adapted = artefacts_.checkpoint(artefacts_.folder("still"));
  EXPECT_TRUE(adapted->weights.shared_VD.equal(base->weights.shared_VD));
}

TEST_F(PoolAdaptationTest, TakesTheTokensThatItIsTold) {
  Record by_steps, by_tokens;
  run_adapt(adapting(adaptation("tapt"), "steps", ""), artefacts_, 1e9, by_steps);
  run_adapt(adapting(adaptation("tapt", {{"tokens", 600}}), "tokens", ""), artefacts_, 1e9,
            by_tokens);

  EXPECT_EQ(by_steps.metrics.at("steps"), 3);
  EXPECT_NEAR(static_cast<double>(by_tokens.cost.train_tokens), 600, 60);
}

TEST_F(PoolAdaptationTest, CellsSelfTrainOnThePool) {
  for (const char* method : {"pseudo_label", "fixmatch", "flexmatch", "adamatch", "dash"}) {
    const Record record = tuned(self_trained(method), artefacts_);

    EXPECT_EQ(record.cost.train_steps, 6) << method;
    EXPECT_EQ(record.metrics.at("pool_examples"), 12) << method;
    if (method == std::string("fixmatch")) {
      EXPECT_EQ(record.metrics.at("pool_share_used"), 1);
    }
  }
}

// The released code read the answers to augmented texts at the gaps of the texts as they were.
TEST_F(PoolAdaptationTest, AugmentedTextsHaveAGapOfTheirOwn) {
  const Job job = self_trained("fixmatch");
  const TuneJob& settings = settings_of<TuneJob>(job);
  TuneCell cell(job, settings, load_task(job, settings.task, artefacts_), artefacts_, nullptr);
  const int64_t gap = cell.backbone.vocabulary->sentinel(0);
  EXPECT_EQ(cell.training.next_batch(0).source_BS.size(0), 4) << "labelled rows alone at first";

  const Batch batch = cell.training.next_batch(4);

  ASSERT_EQ(batch.source_BS.size(0), 8);
  int64_t labelled_targets = 0;
  for (int64_t row = 0; row < 8; ++row) {
    EXPECT_EQ(batch.source_BS[row].eq(gap).sum().item<int64_t>(), 1) << row;
    EXPECT_EQ(batch.labels_BT[row][0].item<int64_t>(), gap) << row;
    if (row < 4) labelled_targets += batch.labels_BT[row].ge(0).sum().item<int64_t>();
  }
  EXPECT_EQ(batch.loss_divisor, labelled_targets) << "what the loss is divided by";
}

TEST(LabelsBy, HasTheControlsOfPcp) {
  const std::vector<int64_t> predicted = {0, 0, 1, 2, 2, 2}, answers = {0, 1, 1, 2, 0, 2};
  const auto labels = [&](const std::string& how, uint64_t seed = 5) {
    return labels_by(how, predicted, answers, 3, seed);
  };

  EXPECT_EQ(labels("pseudo"), predicted);
  EXPECT_EQ(labels("oracle"), answers);
  std::vector<int64_t> shuffled = labels("shuffled");
  std::ranges::sort(shuffled);
  EXPECT_EQ(shuffled, predicted);
  const std::vector<int64_t> one = labels("one");
  EXPECT_EQ(std::ranges::count(one, one[0]), 6);
  EXPECT_EQ(labels("random"), labels("random"));
  EXPECT_NE(labels("random", 1), labels("random", 2));
  EXPECT_DOUBLE_EQ(label_accuracy(predicted, answers), 4.0 / 6);
  EXPECT_DOUBLE_EQ(label_accuracy(predicted, {0, -1, -1, 2, 0, -1}), 2.0 / 3);
  EXPECT_TRUE(std::isnan(label_accuracy({0}, {-1})));
  try {
    labels_by("oracle", {}, {0, -1}, 3, 1);
    ADD_FAILURE();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("pool.columns.label"));
  }
}

TEST_F(PoolAdaptationTest, LabelsOfSeveralPiecesMayBeRefused) {
  Job job = labeller(1);
  TuneJob cell = settings_of<TuneJob>(job);
  cell.labelling->long_labels = "refuse";
  job.settings = cell;
  job.key = "refused";
  std::vector<Record> records(1);
  const Vocabulary vocabulary = Vocabulary::from_folder(job.locations.checkpoint);
  const bool all_one =
      vocabulary.encode("great").size() == 1 && vocabulary.encode("terrible").size() == 1;

  run_tune({&job, 1}, artefacts_, nullptr, records);

  EXPECT_EQ(records[0].status, all_one ? RunStatus::finished : RunStatus::failed);
  if (!all_one) {
    EXPECT_THAT(records[0].reason, HasSubstr("long_labels = \"normalize\""));
  }
}

}  // namespace
}  // namespace dovetail
