// SPDX-License-Identifier: Apache-2.0
#include "plan/job.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

// One job of each kind, and of each form that the kind has.
std::vector<JobSettings> every_kind() {
  const TuneJob cell{.start = {.objective = {.name = "none"}, .model = {{"d_model", 8}}},
                     .task = {"t", "f", "choice"},
                     .tmpl = {"mapping", {{"omit", "x"}}, "w"},
                     .tuning = {.name = "full"},
                     .train_size = {.examples = 4},
                     .seed = 7,
                     .evaluate = {.metrics = {"rouge_l"}}};
  TuneJob labelling = cell, self_trained = cell, modelled = cell;
  modelled.instruction_modelling = Json{{"instruction_weight", 0.5}};
  modelled.text_loss = ContinueSettings{.objective = {.name = "prefix_lm"}};
  modelled.transfer = {{"other", cell.task, cell.tmpl}};
  labelling.labelling = PoolLabelling{.pool = {.fingerprint = "f"}, .long_labels = "refuse"};
  self_trained.self_training =
      SelfTraining{.long_labels = "refuse", .more_steps = 9, .parameters = {{"method", "dash"}}};
  const UntunedSettings untuned{.start = {.objective = {.name = "prefix_lm"}},
                                .tmpl = {.name = "mapping"},
                                .max_source_length = 3,
                                .max_target_length = 4};
  return {TokenizerJob{.corpus = {{"text", "f"}}},
          PretrainJob{.objective = {.name = "prefix_lm"}},
          SegmentJob{.stage = SegmentStage::split, .split = {.rows = 5, .avoid = {cell.task}}},
          SegmentJob{.stage = SegmentStage::group},
          AdaptJob{.adapt = {.name = "lm"}},
          AdaptJob{.continued = ContinueSettings{.objective = {.name = "prefix_lm"}}},
          AdaptJob{.adapt = {.name = "pcp", .parameters = {{"form", "template"}}},
                   .pool = PoolAdaptation{.task = cell.task,
                                          .pool = {.from = "train", .examples = 7},
                                          .objective = {.name = "prefix_lm"},
                                          .tmpl = cell.tmpl,
                                          .labelled = SubsetSettings{.seed = 3},
                                          .seed = 3}},
          cell,
          labelling,
          self_trained,
          modelled,
          BaselineJob{.baseline = BaselineKind::most_frequent,
                      .subset = SubsetSettings{.train_size = {.per_class = 2}}},
          BaselineJob{.baseline = BaselineKind::untuned, .untuned = untuned},
          ProbeJob{.probe = ProbeKind::race, .cell = cell, .race_metric = "rouge_l"},
          ProbeJob{.probe = ProbeKind::filling, .cell = {.task = cell.task, .seed = 3}}};
}

TEST(Job, SurvivesJsonWithTheSettingsOfEveryKind) {
  for (const JobSettings& settings : every_kind()) {
    Job job{.key = "ab", .kind = kind_of(settings), .name = "n", .settings = settings};
    job.locations.corpus = {"c.txt"};
    job.locations.checkpoint = "folder";
    job.inputs = {0, 2};
    job.input_keys = {"k", "l"};
    job.cost_seconds = 0.1;

    const Json json = job;
    const Job read = json.get<Job>();

    EXPECT_EQ(Json(read), json);
    EXPECT_EQ(read.settings.index(), settings.index());
    EXPECT_EQ(read.locations.corpus, job.locations.corpus);
    EXPECT_FALSE(json.at("locations").contains("task")) << "only known locations are written";
  }
}

TEST(Job, MayHaveNoSettings) {
  const Json json = Job{.key = "ab", .kind = JobKind::tokenizer};

  EXPECT_EQ(json.get<Job>().kind, JobKind::tokenizer);
  EXPECT_EQ(Json(json.get<Job>()), json);
  EXPECT_THROW(kind_of(json.get<Job>().settings), std::logic_error);
}

TEST(Job, HasSettingsOfOneKindAlone) {
  const Job job{.kind = JobKind::tune, .settings = TuneJob{.seed = 4}};

  EXPECT_EQ(settings_of<TuneJob>(job).seed, 4);
  EXPECT_THROW(settings_of<ProbeJob>(job), std::logic_error);
}

// Settings that a filling probe does not read are in no key, whatever their values.
TEST(Job, AFillingProbeHashesOnlyItsOwnSettings) {
  ProbeJob probe{.probe = ProbeKind::filling};
  const Json before = settings_json(probe);
  probe.cell.tune.batch_size += 1;
  probe.cell.tmpl.name = "mapping";

  EXPECT_EQ(settings_json(probe), before);
  probe.cell.seed += 1;
  EXPECT_NE(settings_json(probe), before);
}

// The precision in a record's provenance was once a constant.
TEST(Job, PrecisionIsThatOfItsTraining) {
  const TrainingOptions half{.precision = "bfloat16"};
  const auto precision = [](JobSettings settings) {
    return precision_of({.settings = std::move(settings)});
  };

  EXPECT_EQ(precision(PretrainJob{.pretrain = {.options = half}}), "bfloat16");
  EXPECT_EQ(precision(AdaptJob{.adapt = {.options = half}}), "bfloat16");
  EXPECT_EQ(precision(TuneJob{.tune = {.options = half}}), "bfloat16");
  EXPECT_EQ(precision(ProbeJob{.cell = {.tune = {.options = half}}}), "bfloat16");
  EXPECT_EQ(precision(TuneJob{}), "float32");
  EXPECT_EQ(precision(BaselineJob{}), "float32");
  EXPECT_EQ(precision(TokenizerJob{}), "float32");
}

TEST(JobKinds, HaveNamesThatAreRead) {
  for (const JobKind kind : {JobKind::tokenizer, JobKind::segment, JobKind::probe})
    EXPECT_EQ(job_kind_from(to_string(kind)), kind);
  EXPECT_THROW(job_kind_from("label"), DataError);
  EXPECT_EQ(probe_kind_from("race"), ProbeKind::race);
  EXPECT_THROW(probe_kind_from("run"), DataError);
  EXPECT_EQ(baseline_kind_from("copy"), BaselineKind::copy);
  EXPECT_THROW(baseline_kind_from("copied"), DataError);
}

}  // namespace
}  // namespace dovetail
