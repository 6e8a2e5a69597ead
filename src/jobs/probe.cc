// SPDX-License-Identifier: Apache-2.0
#include "jobs/probe.h"

#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "examples/subset.h"
#include "jobs/evaluate.h"
#include "jobs/segment.h"
#include "jobs/tune_cell.h"
#include "plan/primary_metric.h"

namespace dovetail {

using at::Tensor;

namespace {

std::vector<const Example*> probed_examples(const TaskData& task, const Subset& subset) {
  std::vector<const Example*> examples;
  const std::vector<Example>& side = subset.own_validation ? task.validation : task.train;
  for (const int64_t index : subset.validation) examples.push_back(&side[index]);
  return examples;
}

std::vector<Sequence> first_rows(const ExampleEncoder& maker,
                                 const std::vector<const Example*>& examples) {
  std::vector<Sequence> rows;
  for (const Example* example : examples)
    rows.push_back(maker.row(*example, example->references.front()));
  return rows;
}

float content_loss(const Vocabulary& vocabulary, const Sequence& row, const TokenScores& scores) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < row.target.size(); ++i) {
    if (row.target[i] == Vocabulary::kEos || vocabulary.is_sentinel(row.target[i])) continue;
    sum -= scores.token_logprobs[i];
    ++count;
  }
  return count ? static_cast<float>(sum / static_cast<double>(count)) : std::nanf("");
}

void record_losses(const EvalContext& context, const std::vector<Sequence>& rows, Record& record) {
  const std::vector<TokenScores> scores = score_rows(context, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    record.per_example["probe_loss"].push_back(
        content_loss(context.maker.vocabulary, rows[i], scores[i]));
  }
}

// The source as a target: what the model finds it likely to read.
void record_template_losses(const EvalContext& context, const std::vector<Sequence>& rows,
                            Record& record) {
  std::vector<Sequence> written;
  for (const Sequence& row : rows) {
    Sequence turned{{Vocabulary::kEos}, {}};
    for (const int32_t id : row.source) {
      if (id < context.maker.vocab_size) turned.target.push_back(id);  // soft tokens have no text
    }
    written.push_back(std::move(turned));
  }
  for (const TokenScores& scores : score_rows(context, written)) {
    const double tokens = static_cast<double>(scores.token_logprobs.size());
    record.per_example["probe_template_loss"].push_back(
        static_cast<float>(-scores.logprob / tokens));
  }
}

void record_embedding(const EvalContext& context, const std::vector<Sequence>& rows,
                      Record& record) {
  const at::InferenceMode inference;
  Tensor sum_D = at::zeros({context.model.config().d_model}, at::kDouble);
  double tokens = 0;
  for (const Sequence& row : rows) {
    const Sequence* one = &row;
    const Batch batch = collate({&one, 1}).to(context.model.device());
    const Tensor states =
        context.model.encode(context.tuning.embed(batch.source_BS), batch.mask_BS);
    sum_D += states.flatten(0, 1).sum(0).to(at::kCPU, at::kDouble);
    tokens += static_cast<double>(row.source.size());
  }
  const Tensor mean_D = (sum_D / tokens).to(at::kFloat).contiguous();
  const float* values = mean_D.const_data_ptr<float>();
  record.per_example["task_embedding"].assign(values, values + mean_D.size(0));
}

void copy_scores(const Record& from, const std::string& name, const std::string& as, Record& to) {
  const auto found = from.per_example.find(name);
  if (found != from.per_example.end()) to.per_example[as] = found->second;
}

// Who is measured, and on what.
struct Subject {
  T5Model& model;
  TuningMethod& method;
  const ExampleEncoder& maker;
  std::vector<const Example*> examples;
};

void measure(const Job& job, const Subject& subject, Record& record) {
  auto settings = job.settings.at("evaluate").get<EvaluateSettings>();
  settings.also.clear();
  const std::string deciding =
      primary_metric(job.settings.at("task").value("kind", std::string()), settings.metrics);
  for (const char* metric : {"depth_rank", "depth_rank_min"}) {
    if (std::ranges::find(settings.metrics, metric) == settings.metrics.end())
      settings.metrics.push_back(metric);
  }
  evaluate_on(subject.examples, subject.model, subject.method, subject.maker, settings, record);
  if (job.settings.at("probe") == "race")
    return copy_scores(record, deciding, "race_score", record);
  copy_scores(record, "depth_rank", "probe_depth_rank", record);
  copy_scores(record, "depth_rank_min", "probe_depth_rank_min", record);
  const EvalContext context{subject.model, subject.method, subject.maker};
  const std::vector<Sequence> rows = first_rows(subject.maker, subject.examples);
  record_losses(context, rows, record);
  if (job.settings.at("probe") != "zero_shot") return;
  record_template_losses(context, rows, record);
  record_embedding(context, rows, record);
}

// One triple a probed head, put to the classifier of relation types.
void ask_classifier(const TaskData& task, const Job& job, Artefacts& artefacts, Record& record) {
  const auto subset =
      subset_for(job, task, job.settings.at("tune").get<TuneSettings>().validation_examples);
  std::vector<std::string> questions;
  for (const Example* example : probed_examples(task, subset)) {
    questions.push_back(classifier_question(example->source, example->references.front()));
  }
  const std::vector<double> filling = ask_filling(job.input_keys.back(), questions, artefacts);
  record.per_example["probe_filling"].assign(filling.begin(), filling.end());
}

}  // namespace

void run_probe(const Job& job, Artefacts& artefacts, Record& record) {
  run_probe_on(load_task(job, artefacts), job, artefacts, record);
}

void run_probe_on(std::shared_ptr<const TaskData> task, const Job& job, Artefacts& artefacts,
                  Record& record) {
  if (job.settings.at("probe") == "filling") return ask_classifier(*task, job, artefacts, record);
  TuneCell cell(job, std::move(task), artefacts, nullptr);
  if (job.settings.at("probe") != "zero_shot") {
    train(cell.training, cell.state, cell.outcome);
    if (!cell.outcome.failure.empty()) throw_<SystemError>("{}", cell.outcome.failure);
    record.cost = cell.outcome.cost;
  }
  measure(job,
          {cell.backbone.model, *cell.method, cell.maker, probed_examples(*cell.task, cell.subset)},
          record);
}

}  // namespace dovetail
