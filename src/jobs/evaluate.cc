// SPDX-License-Identifier: Apache-2.0
#include "jobs/evaluate.h"

#include <c10/core/GradMode.h>
#include <algorithm>
#include <cmath>
#include <deque>

#include "base/error.h"
#include "examples/subset.h"
#include "jobs/test_pass.h"
#include "templates/answer.h"
#include "training/weighted_loss.h"

namespace dovetail {

using at::Tensor;

namespace {

bool has_evidence(const std::vector<ScoredItem>& items, Evidence evidence) {
  const ScoredItem& item = items.front();
  switch (evidence) {
    case Evidence::text: return true;
    case Evidence::choices: return !item.choices.empty();
    case Evidence::choice_likelihood: return !item.choice_logprobs.empty();
    case Evidence::choice_priors: return !item.choice_priors.empty();
    case Evidence::target_likelihood: return item.target_tokens > 0;
    case Evidence::token_ranks: return !item.token_ranks.empty();
    case Evidence::samples: return !item.samples.empty();
    case Evidence::training_outputs: return item.copied_words >= 0;
  }
  return false;
}

void record_loss(const std::vector<TokenScores>& scores, Record& record) {
  std::vector<float>& losses = record.per_example["loss"];
  double sum = 0;
  size_t tokens = 0;
  for (const TokenScores& score : scores) {
    losses.push_back(
        static_cast<float>(-score.logprob / static_cast<double>(score.token_logprobs.size())));
    sum -= score.logprob;
    tokens += score.token_logprobs.size();
  }
  record.metrics["loss"] = sum / static_cast<double>(tokens);
  record.metrics["perplexity"] = std::exp(record.metrics["loss"]);
}

// Puts the answers of one decoding into the items, and their scores into the record.
void score_answers(const EvalContext& context, const std::vector<const Example*>& examples,
                   const Answers& answers, const std::vector<std::string>& metrics,
                   std::vector<ScoredItem>& items, const TrainingOutputs* training,
                   Record& record) {
  std::vector<std::string> predictions;
  for (size_t i = 0; i < items.size(); ++i) {
    std::vector<std::string> texts;
    for (const std::string& text : answers.texts[i])
      texts.push_back(
          answer_of(context.encoder.tmpl(), context.encoder.task(), *examples[i], text));
    items[i].prediction = texts.front();
    items[i].samples.assign(texts.begin() + 1, texts.end());
    if (training) items[i].copied_words = training->longest_run(texts.front());
    predictions.push_back(texts.front());
  }
  score_items(items, metrics, answers.label, record);
  if (answers.label.empty()) record.predictions = std::move(predictions);
}

}  // namespace

void score_items(const std::vector<ScoredItem>& items, const std::vector<std::string>& metrics,
                 const std::string& label, Record& record) {
  for (const std::string& name : metrics) {
    const Metric& metric = find_metric(name);
    if (!has_evidence(items, metric.evidence)) continue;
    const std::vector<double> scores = metric.score(items);
    const double all = metric.of_all(items, scores);
    if (std::isnan(all)) continue;  // it cannot read any of the references
    const std::string key = label.empty() ? name : name + "@" + label;
    record.per_example[key].assign(scores.begin(), scores.end());
    record.metrics[key] = all;
  }
}

namespace {

// An answer that is a choice is what a model prefers that gives it all likelihood: accuracies by
// likelihood score it as they score models. Without a choice for every item there is no evidence.
void add_preferred_choices(std::vector<ScoredItem>& items) {
  for (const ScoredItem& item : items)
    if (std::ranges::find(item.choices, item.prediction) == item.choices.end()) return;
  for (ScoredItem& item : items) {
    const size_t count = item.choices.size();
    item.choice_logprobs.assign(count, -1);
    item.choice_logprobs[std::ranges::find(item.choices, item.prediction) - item.choices.begin()] =
        0;
    item.choice_tokens.assign(count, 1);
    item.choice_priors.assign(count, 0);
  }
}

}  // namespace

void score_predictions(const TaskData& task, const std::vector<int64_t>& test,
                       const std::vector<std::string>& predictions,
                       const std::vector<std::string>& metric_names, Record& record) {
  std::vector<ScoredItem> items;
  for (size_t i = 0; i < test.size(); ++i) {
    const Example& example = task.test[test[i]];
    items.push_back({.prediction = predictions[i],
                     .references = example.references,
                     .choices = choices_of(task, example),
                     .answer = example.answer});
  }
  add_preferred_choices(items);
  score_items(items, metric_names, "", record);
  record.predictions = predictions;
}

void evaluate_group(std::span<CellTest> cells, const EvaluateSettings& settings) {
  std::deque<PrepackedWeights> ready;  // which do not move
  std::vector<EncodedRows> encoded(cells.size());
  std::vector<TestPass> passes;
  for (size_t i = 0; i < cells.size(); ++i) {
    const CellTest& cell = cells[i];
    ready.emplace_back(cell.model, inference_precision(settings.precision, cell.model.device()));
    for (const Example* example : cell.examples)
      encoded[i].add(cell.encoder.row(*example, example->references.front()));
    passes.push_back({{cell.model, cell.tuning, cell.encoder},
                      &encoded[i].rows,
                      prepare_answers(settings, cell.model.config(), cell.examples.size()),
                      {}});
  }
  run_test(passes, settings.batch_size);
  for (size_t i = 0; i < cells.size(); ++i) {
    CellTest& cell = cells[i];
    const TestPass& pass = passes[i];
    record_loss(pass.scores, cell.record);
    DescribedItems described = describe_items(pass.context, cell.examples, encoded[i].rows,
                                              pass.scores, needed_evidence(settings.metrics));
    for (const Answers& answers : pass.answers) {
      score_answers(pass.context, cell.examples, answers, settings.metrics, described.items,
                    cell.training, cell.record);
    }
    cell.counts = encoded[i].counts;
    cell.counts += described.counts;
  }
}

RowCounts evaluate_on(const std::vector<const Example*>& examples, T5Model& model,
                      TuningMethod& tuning, const ExampleEncoder& encoder,
                      const EvaluateSettings& settings, Record& record,
                      const TrainingOutputs* training) {
  CellTest cell{model, tuning, encoder, examples, record, training};
  evaluate_group({&cell, 1}, settings);
  return cell.counts;
}

std::vector<const Example*> test_examples_of(const TaskData& task,
                                             const EvaluateSettings& settings) {
  std::vector<const Example*> examples;
  for (const int64_t index : choose_test(task, settings.test_examples))
    examples.push_back(&task.test[index]);
  return examples;
}

RowCounts evaluate(T5Model& model, TuningMethod& tuning, const ExampleEncoder& encoder,
                   const EvaluateSettings& settings, Record& record,
                   const TrainingOutputs* training) {
  return evaluate_on(test_examples_of(encoder.task(), settings), model, tuning, encoder, settings,
                     record, training);
}

void validate(const std::vector<const Example*>& examples, T5Model& model, TuningMethod& tuning,
              const ExampleEncoder& encoder, const EvaluateSettings& settings, Record& record,
              const TrainingOutputs* training) {
  EvaluateSettings first = settings;
  first.also.clear();
  Record scored;
  evaluate_on(examples, model, tuning, encoder, first, scored, training);
  record.validation_scores = std::move(scored.per_example);
}

std::vector<double> mean_losses(std::span<const LossRows> cells) {
  const at::NoGradGuard no_grad;
  std::vector<std::vector<std::vector<size_t>>> batches;
  size_t most = 0;
  for (const LossRows& cell : cells) {
    batches.push_back(source_batches(cell.rows, cell.batch_size));
    most = std::max(most, batches.back().size());
  }
  std::vector<double> sums(cells.size());
  std::vector<int64_t> targets(cells.size());
  for (size_t number = 0; number < most; ++number) {
    std::deque<Batch> gathered;  // which do not move
    std::vector<LossInput> inputs;
    std::vector<size_t> owners;
    for (size_t i = 0; i < cells.size(); ++i) {
      const auto& [model, tuning, rows, batch_size, known] = cells[i];
      if (number >= batches[i].size()) continue;
      gathered.push_back(gather(rows, batches[i][number], model));
      inputs.push_back(
          {.model = &model, .tuning = &tuning, .batch = &gathered.back(), .known = known});
      owners.push_back(i);
    }
    const Tensor losses = weighted_losses(inputs).to(at::kCPU, at::kDouble);
    for (size_t i = 0; i < owners.size(); ++i) {
      sums[owners[i]] += losses[static_cast<int64_t>(i)].item<double>();
      targets[owners[i]] += gathered[i].num_targets;
    }
  }
  for (size_t i = 0; i < cells.size(); ++i) sums[i] /= static_cast<double>(targets[i]);
  return sums;
}

double mean_loss(const LossRows& rows) { return mean_losses({&rows, 1}).front(); }

}  // namespace dovetail
