// SPDX-License-Identifier: Apache-2.0
#include "sweep/cost.h"

#include <algorithm>
#include <cmath>

namespace dovetail {

namespace {

constexpr double kTrainedVocabularySeconds = 20;  // SentencePiece over a few megabytes of text
// Length of targets by that of sources: 0.2 for span corruption, up to 1 for prefix_lm.
constexpr double kPretrainTargetShare = 0.35;
constexpr double kTokensOfATemplate = 5;  // prefix, phrase, </s>
constexpr double kTokensOfATarget = 2;    // sentinel, </s>
constexpr double kAnswerByTarget = 1.5;   // a batch goes on until its longest answer ends

double seconds_of(double flops) { return flops / kFlopsPerSecond; }

double rows_per_batch(const TuneSettings& tune, double rows, const RowLengths& lengths) {
  const double most =
      tune.batch_tokens == 0
          ? static_cast<double>(tune.batch_size)
          : std::floor(static_cast<double>(tune.batch_tokens) / (lengths.source + lengths.target));
  return std::clamp(most, 1.0, std::max(1.0, rows));
}

double step_seconds(const ModelSize& size, double flops, bool frozen) {
  return kSecondsPerStep + seconds_of(flops) +
         (frozen ? 0 : size.weights() * kSecondsPerUpdatedWeight);
}

// Answers of one decoding for each test example: beams and samples are further rows.
double answers_of(const ChoiceSettings& decoding) {
  const bool beams = decoding.name == "beam" || decoding.name == "as_published";
  return static_cast<double>(decoding.parameters.value("num_beams", int64_t{beams ? 4 : 1}) *
                             decoding.parameters.value("samples", int64_t{1}));
}

double num_answers(const EvaluateSettings& evaluate) {
  double answers = answers_of(evaluate.decoding);
  for (const ChoiceSettings& other : evaluate.also) answers += answers_of(other);
  return answers;
}

// Rows that a decoder holds for one source at a time; samples come one after the other.
double most_beams(const EvaluateSettings& evaluate) {
  const auto beams = [](const ChoiceSettings& decoding) {
    return answers_of(decoding) /
           static_cast<double>(decoding.parameters.value("samples", int64_t{1}));
  };
  double most = beams(evaluate.decoding);
  for (const ChoiceSettings& other : evaluate.also) most = std::max(most, beams(other));
  return most;
}

bool compares_choices(const EvaluateSettings& evaluate) {
  return std::ranges::any_of(evaluate.metrics, [](const std::string& metric) {
    return metric.find("likelihood") != std::string::npos;
  });
}

}  // namespace

double letters_per_token(double vocabulary) {
  if (vocabulary < 1000) return 1;  // bytes
  return std::clamp(3 + 0.3 * std::log2(vocabulary / 2000), 2.5, 4.5);
}

RowLengths row_lengths(const ModelSize& size, const TaskSize& task, const TuneSettings& limits,
                       int64_t soft_tokens) {
  const double letters = letters_per_token(size.vocabulary);
  const double source = task.source_letters / letters + kTokensOfATemplate;
  const double target = task.target_letters / letters + kTokensOfATarget;
  return {.source = std::min(source, static_cast<double>(limits.max_source_length)) +
                    static_cast<double>(soft_tokens),
          .target = std::min(target, static_cast<double>(limits.max_target_length))};
}

double train_rows(const TrainSizeSettings& train, const TaskSize& task) {
  const double of_each = task.train_references / std::max(1.0, task.train_examples);
  if (train.examples > 0) {
    const double kept =
        train.references > 0 ? std::min(static_cast<double>(train.references), of_each) : of_each;
    return static_cast<double>(train.examples) * kept;
  }
  if (train.per_class > 0)
    return static_cast<double>(train.per_class) * std::max(2.0, task.choices) * of_each;
  return task.train_references * (train.fraction > 0 ? train.fraction : 1);
}

double tune_steps(const TuneSettings& tune, double rows, const RowLengths& lengths) {
  if (tune.steps.fixed > 0) return static_cast<double>(tune.steps.fixed);
  const double batches = std::ceil(rows / rows_per_batch(tune, rows, lengths));
  const double steps =
      std::max(tune.steps.epochs * batches, static_cast<double>(tune.steps.at_least));
  return tune.steps.at_most ? std::min(steps, static_cast<double>(tune.steps.at_most)) : steps;
}

double tokenizer_seconds(const VocabularySettings& vocabulary) {
  return vocabulary.type == "unigram" ? kTrainedVocabularySeconds : kOverheadSeconds;
}

double pretrain_seconds(const ModelSize& size, const PretrainSettings& pretrain,
                        const std::optional<Spending>& spending) {
  const double length = static_cast<double>(pretrain.sequence_length);
  const double rows = static_cast<double>(pretrain.batch_tokens) / length;
  const double flops =
      spending ? spending->flops : train_flops(size, length, kPretrainTargetShare * length) * rows;
  return kOverheadSeconds +
         step_seconds(size, flops, /*frozen=*/false) * static_cast<double>(pretrain.steps);
}

double tune_seconds(const ModelSize& size, const TuneSettings& tune, double rows,
                    const RowLengths& lengths, bool frozen) {
  const double flops = train_flops(size, lengths.source, lengths.target, frozen) *
                       rows_per_batch(tune, rows, lengths);
  const double validation = forward_seconds(
      size, lengths, static_cast<double>(tune.validation_examples * tune.evaluations));
  return step_seconds(size, flops, frozen) * tune_steps(tune, rows, lengths) + validation;
}

double forward_seconds(const ModelSize& size, const RowLengths& lengths, double rows) {
  return rows * seconds_of(train_flops(size, lengths.source, lengths.target) / 3);
}

double group_bytes(const ModelSize& size, const RowLengths& lengths,
                   const EvaluateSettings& evaluate, double trained_parameters) {
  constexpr double kFloat = 4;
  constexpr double kCopies = 5;  // value, gradient, two moments, the best checkpoint
  // What passes take beside what they keep: a LoRA of t5-small takes 204 MB in a group, where keys,
  // values and scores are 55.
  constexpr double kOfPasses = 4;
  const double keys_and_values = 2 * size.inner * size.decoder_layers;
  const double beams = most_beams(evaluate);
  const double of_source = keys_and_values * lengths.source;
  const double of_beam =
      keys_and_values * static_cast<double>(evaluate.max_new_tokens) + size.vocabulary;
  const double kept = static_cast<double>(evaluate.batch_size) * (of_source + beams * of_beam);
  return kFloat * (kCopies * trained_parameters + kOfPasses * kept);
}

double evaluate_seconds(const ModelSize& size, const RowLengths& lengths, const TaskSize& task,
                        const EvaluateSettings& evaluate, bool tuned) {
  double examples = task.test_examples;
  if (evaluate.test_examples > 0)
    examples = std::min(examples, static_cast<double>(evaluate.test_examples));
  const auto limit = static_cast<double>(evaluate.max_new_tokens);
  const double new_tokens = tuned ? std::min(limit, kAnswerByTarget * lengths.target) : limit;
  const double answer_seconds = forward_seconds(size, {.source = 0, .target = new_tokens}, 1) +
                                new_tokens * kSecondsPerNewToken;
  const double choices = compares_choices(evaluate) ? task.choices : 0;
  return kOverheadSeconds + size.weights() * kSecondsPerLoadedWeight +
         forward_seconds(size, lengths, examples * (1 + choices)) +
         examples * num_answers(evaluate) * answer_seconds;
}

}  // namespace dovetail
