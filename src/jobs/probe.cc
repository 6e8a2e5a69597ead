// SPDX-License-Identifier: Apache-2.0
#include "jobs/probe.h"

#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "examples/subset.h"
#include "jobs/evaluate.h"
#include "jobs/framing.h"
#include "jobs/segment.h"
#include "jobs/training_subset.h"
#include "jobs/tune_cell.h"

namespace dovetail {

using at::Tensor;

namespace {

std::vector<Sequence> first_rows(const ExampleEncoder& encoder,
                                 const std::vector<const Example*>& examples) {
  EncodedRows rows;
  for (const Example* example : examples)
    rows.add(encoder.row(*example, example->references.front()));
  return std::move(rows.rows);
}

float content_loss(const Vocabulary& vocabulary, const Sequence& row, const TokenScores& scores) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < row.target.size(); ++i) {
    if (!is_content(vocabulary, row.target[i])) continue;
    sum -= scores.token_logprobs[i];
    ++count;
  }
  return count ? static_cast<float>(sum / static_cast<double>(count)) : std::nanf("");
}

void record_losses(const EvalContext& context, const std::vector<Sequence>& rows, Record& record) {
  const std::vector<TokenScores> scores = score_rows(context, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    record.per_example["probe_loss"].push_back(
        content_loss(context.encoder.vocabulary(), rows[i], scores[i]));
  }
}

// Scores the source as a target: how likely it is to the model.
void record_template_losses(const EvalContext& context, const std::vector<Sequence>& rows,
                            Record& record) {
  std::vector<Sequence> written;
  for (const Sequence& row : rows) {
    Sequence turned{context.encoder.vocabulary().frame({}), {}};
    for (const int32_t id : row.source) {
      if (id < context.encoder.vocab_size()) turned.target.push_back(id);  // not a soft token
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
    const Batch batch =
        collate({&one, 1}, BatchIds(context.model.config())).to(context.model.device());
    const Tensor states =
        context.model.encode(context.tuning.embed(batch.source_BS), batch.mask_BS);
    sum_D += states.flatten(0, 1).sum(0).to(at::kCPU, at::kDouble);
    tokens += static_cast<double>(row.source.size());
  }
  const Tensor mean_D = (sum_D / tokens).to(at::kFloat).contiguous();
  const float* values = mean_D.const_data_ptr<float>();
  record.per_example["task_embedding"].assign(values, values + mean_D.size(0));
}

// Copies the scores of the examples that have one.
void copy_scores(const Record& from, const std::string& name, const std::string& as, Record& to) {
  const auto found = from.per_example.find(name);
  if (found == from.per_example.end()) return;
  std::vector<float>& scores = to.per_example[as] = found->second;
  std::erase_if(scores, [](float score) { return std::isnan(score); });
}

void measure(const ProbeJob& probe, TuneCell& cell, Record& record) {
  EvaluateSettings settings = probe.cell.evaluate;
  settings.also.clear();
  for (const char* metric : {"depth_rank", "depth_rank_min"}) {
    if (std::ranges::find(settings.metrics, metric) == settings.metrics.end())
      settings.metrics.push_back(metric);
  }
  const std::vector<const Example*> examples = validation_examples_of(*cell.task, cell.subset);
  evaluate_on(examples, cell.backbone.model, *cell.method, cell.encoder, settings, record);
  if (probe.probe == ProbeKind::race)
    return copy_scores(record, probe.race_metric, "race_score", record);
  copy_scores(record, "depth_rank", "probe_depth_rank", record);
  copy_scores(record, "depth_rank_min", "probe_depth_rank_min", record);
  const EvalContext context{cell.backbone.model, *cell.method, cell.encoder};
  const std::vector<Sequence> rows = first_rows(cell.encoder, examples);
  record_losses(context, rows, record);
  if (probe.probe != ProbeKind::zero_shot) return;
  record_template_losses(context, rows, record);
  record_embedding(context, rows, record);
}

// Asks the classifier about one triple of each probed example.
void ask_classifier(const TaskData& task, const Job& job, Artefacts& artefacts, Record& record) {
  const TuneJob& cell = settings_of<ProbeJob>(job).cell;
  const Subset subset =
      training_subset(task, cell.train_size, cell.seed, cell.tune.validation_examples);
  std::vector<std::string> questions;
  for (const Example* example : validation_examples_of(task, subset)) {
    questions.push_back(classifier_question(example->source, example->references.front()));
  }
  const std::vector<double> filling = ask_filling(job.input_keys.back(), questions, artefacts);
  record.per_example["probe_filling"].assign(filling.begin(), filling.end());
}

}  // namespace

void run_probe(const Job& job, Artefacts& artefacts, Record& record) {
  const TaskSource& task = settings_of<ProbeJob>(job).cell.task;
  run_probe_on(load_task(job, task, artefacts), job, artefacts, record);
}

void run_probe_on(std::shared_ptr<const TaskData> task, const Job& job, Artefacts& artefacts,
                  Record& record) {
  const ProbeJob& probe = settings_of<ProbeJob>(job);
  if (probe.probe == ProbeKind::filling) return ask_classifier(*task, job, artefacts, record);
  TuneCell cell(job, probe.cell, std::move(task), artefacts, nullptr);
  if (probe.probe != ProbeKind::zero_shot) {
    train(cell.training, cell.state, cell.outcome);
    if (!cell.outcome.failure.empty()) throw_<SystemError>("{}", cell.outcome.failure);
    record.cost = cell.outcome.cost;
  }
  measure(probe, cell, record);
}

}  // namespace dovetail
