// SPDX-License-Identifier: Apache-2.0
#include "jobs/evaluate.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/stop.h"
#include "examples/subset.h"
#include "jobs/decoding.h"
#include "jobs/label_answers.h"
#include "model/generation/generate.h"
#include "model/generation/generation_config.h"
#include "templates/answer.h"
#include "training/weighted_loss.h"

namespace dovetail {

using at::Tensor;

namespace {

// Batches of rows sorted by source length, longest first, so that they hold little padding.
std::vector<std::vector<int64_t>> length_batches(const std::vector<Sequence>& rows,
                                                 int64_t batch_size) {
  std::vector<int64_t> order(rows.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return rows[a].source.size() > rows[b].source.size();
  });
  std::vector<std::vector<int64_t>> batches;
  for (size_t begin = 0; begin < order.size(); begin += batch_size) {
    batches.emplace_back(order.begin() + begin,
                         order.begin() + std::min(order.size(), begin + batch_size));
  }
  return batches;
}

Batch gather(const std::vector<Sequence>& rows, const std::vector<int64_t>& indices,
             const T5Model& model) {
  std::vector<const Sequence*> chosen;
  for (int64_t index : indices) chosen.push_back(&rows[index]);
  return collate(chosen, BatchIds(model.config())).to(model.device());
}

// The answers of one decoding: texts[example][sample].
struct Answers {
  std::string label;  // of a further decoding; "": the main one
  Decoding decoding;
  std::vector<std::vector<std::string>> texts;
};

std::vector<Answers> prepare_answers(const EvaluateSettings& settings, const T5Config& config,
                                     size_t examples) {
  std::vector<Answers> all;
  all.push_back({"", make_decoding(settings.decoding, settings.max_new_tokens), {}});
  for (const FurtherDecoding& other : settings.also) {
    all.push_back({other.label, make_decoding(other, settings.max_new_tokens), {}});
  }
  for (Answers& answers : all) {
    apply_model_ids(config, answers.decoding.settings);
    answers.texts.resize(examples);
  }
  return all;
}

void write_labels(const LabelReader& reader, const Tensor& memory_BSD, const Tensor& mask_BS,
                  const std::vector<int64_t>& indices, const Vocabulary& vocabulary,
                  Answers& answers) {
  const std::vector<size_t> labels = likeliest_labels(reader, memory_BSD, mask_BS);
  for (size_t i = 0; i < indices.size(); ++i) {
    std::vector<int32_t> ids = reader.targets()[labels[i]];
    ids.pop_back();  // </s>
    answers.texts[indices[i]].assign(answers.decoding.samples, vocabulary.decode(ids));
  }
}

// Each sample has a seed of its own, as if it were a separate call.
void write_answers(const EvalContext& context, const Tensor& memory_BSD, const Tensor& mask_BS,
                   const std::vector<int64_t>& indices, Answers& answers) {
  const Vocabulary& vocabulary = context.encoder.vocabulary();
  if (const LabelReader* reader = context.tuning.label_reader())
    return write_labels(*reader, memory_BSD, mask_BS, indices, vocabulary, answers);
  GenerationSettings settings = answers.decoding.settings;
  settings.source_numbers = indices;
  const uint64_t seed = settings.seed;
  for (int64_t sample = 0; sample < answers.decoding.samples; ++sample) {
    settings.seed = derive_seed(seed, fmt::format("sample/{}", sample));
    const auto hypotheses = generate(context.model, memory_BSD, mask_BS, settings);
    for (size_t i = 0; i < indices.size(); ++i) {
      answers.texts[indices[i]].push_back(vocabulary.decode(hypotheses[i].front().ids));
    }
  }
}

// Encodes each source once, for its loss and for every decoding.
std::vector<TokenScores> run_test(const EvalContext& context, const std::vector<Sequence>& rows,
                                  int64_t batch_size, std::vector<Answers>& all) {
  const at::InferenceMode inference;
  std::vector<TokenScores> scores(rows.size());
  for (const std::vector<int64_t>& indices : length_batches(rows, batch_size)) {
    check_stop();
    const Batch batch = gather(rows, indices, context.model);
    const Tensor memory =
        context.model.encode(context.tuning.embed(batch.source_BS), batch.mask_BS);
    std::vector<Ids> targets;
    for (const int64_t index : indices) targets.emplace_back(rows[index].target);
    std::vector<TokenScores> found = score_targets(context, memory, batch.mask_BS, targets);
    for (size_t i = 0; i < indices.size(); ++i) scores[indices[i]] = std::move(found[i]);
    for (Answers& answers : all) {
      write_answers(context, memory, batch.mask_BS, indices, answers);
    }
  }
  return scores;
}

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
                   std::vector<ScoredItem>& items, Record& record) {
  std::vector<std::string> predictions;
  for (size_t i = 0; i < items.size(); ++i) {
    std::vector<std::string> texts;
    for (const std::string& text : answers.texts[i])
      texts.push_back(
          answer_of(context.encoder.tmpl(), context.encoder.task(), *examples[i], text));
    items[i].prediction = texts.front();
    items[i].samples.assign(texts.begin() + 1, texts.end());
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

RowCounts evaluate_on(const std::vector<const Example*>& examples, T5Model& model,
                      TuningMethod& tuning, const ExampleEncoder& encoder,
                      const EvaluateSettings& settings, Record& record) {
  const PrepackedWeights ready(model, inference_precision(settings.precision, model.device()));
  const EvalContext context{model, tuning, encoder};
  EncodedRows encoded;
  for (const Example* example : examples)
    encoded.add(encoder.row(*example, example->references.front()));
  std::vector<Answers> all = prepare_answers(settings, model.config(), examples.size());
  const std::vector<TokenScores> scores = run_test(context, encoded.rows, settings.batch_size, all);
  record_loss(scores, record);
  DescribedItems described =
      describe_items(context, examples, encoded.rows, scores, needed_evidence(settings.metrics));
  for (const Answers& answers : all) {
    score_answers(context, examples, answers, settings.metrics, described.items, record);
  }
  encoded.counts += described.counts;
  return encoded.counts;
}

RowCounts evaluate(T5Model& model, TuningMethod& tuning, const ExampleEncoder& encoder,
                   const EvaluateSettings& settings, Record& record) {
  const TaskData& task = encoder.task();
  std::vector<const Example*> examples;
  for (const int64_t index : choose_test(task, settings.test_examples)) {
    examples.push_back(&task.test[index]);
  }
  return evaluate_on(examples, model, tuning, encoder, settings, record);
}

void validate(const std::vector<const Example*>& examples, T5Model& model, TuningMethod& tuning,
              const ExampleEncoder& encoder, const EvaluateSettings& settings, Record& record) {
  EvaluateSettings first = settings;
  first.also.clear();
  Record scored;
  evaluate_on(examples, model, tuning, encoder, first, scored);
  record.validation_scores = std::move(scored.per_example);
}

double mean_loss(const T5Model& model, TuningMethod& tuning, const std::vector<Sequence>& rows,
                 int64_t batch_size) {
  const at::NoGradGuard no_grad;
  double sum = 0;
  int64_t targets = 0;
  for (const std::vector<int64_t>& indices : length_batches(rows, batch_size)) {
    const Batch batch = gather(rows, indices, model);
    sum += weighted_loss(model, tuning, batch).item<double>();
    targets += batch.num_targets;
  }
  return sum / static_cast<double>(targets);
}

}  // namespace dovetail
