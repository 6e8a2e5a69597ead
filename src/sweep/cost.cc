// SPDX-License-Identifier: Apache-2.0
#include "sweep/cost.h"

#include <algorithm>
#include <cmath>

namespace dovetail {

namespace {

constexpr double kTrainedVocabularySeconds = 15;  // SentencePiece over a few megabytes of text
constexpr double kUnknownTrainExamples = 10000;   // of a task, for the train size "all"
constexpr double kUnknownTestExamples = 2000;
// Length of targets by that of sources: 0.2 for span corruption, up to 1 for prefix_lm.
constexpr double kPretrainTargetShare = 0.5;

// Assumes that every row has the maximal length, as tune_seconds does.
double rows_per_batch(const TuneSettings& tune) {
  if (tune.batch_tokens == 0) return static_cast<double>(tune.batch_size);
  return std::max(1.0,
                  std::floor(static_cast<double>(tune.batch_tokens) /
                             static_cast<double>(tune.max_source_length + tune.max_target_length)));
}

}  // namespace

ModelSize model_size(const Json& config, int64_t vocabulary) {
  const double d = config.at("d_model"), d_ff = config.at("d_ff");
  const double layers = config.at("num_layers");
  const double decoder_layers = config.value("num_decoder_layers", layers);
  const double inner = config.at("num_heads").get<double>() * config.at("d_kv").get<double>();
  const bool gated = config.value("feed_forward_proj", std::string("relu")).starts_with("gated");
  const double feed_forward = (gated ? 3 : 2) * d * d_ff;
  return {.encoder = layers * (4 * d * inner + feed_forward),
          .decoder = decoder_layers * (6 * d * inner + feed_forward),
          .cross = decoder_layers * 2 * d * inner,
          .head = static_cast<double>(vocabulary) * d,
          .inner = inner,
          .encoder_layers = layers,
          .decoder_layers = decoder_layers};
}

double train_flops(const ModelSize& size, double source_length, double target_length, bool frozen) {
  const double products =
      (size.encoder + size.cross) * source_length + (size.decoder + size.head) * target_length;
  const double attention = size.encoder_layers * source_length * source_length +
                           size.decoder_layers * target_length * (target_length + source_length);
  return (frozen ? 4 : 6) * products + 12 * size.inner * attention;
}

double tokenizer_seconds(const VocabularySettings& vocabulary) {
  return vocabulary.type == "unigram" ? kTrainedVocabularySeconds : kOverheadSeconds;
}

double pretrain_seconds(const ModelSize& size, const PretrainSettings& pretrain) {
  const double length = static_cast<double>(pretrain.sequence_length);
  const double rows = static_cast<double>(pretrain.batch_tokens) / length;
  const double flops = train_flops(size, length, kPretrainTargetShare * length) * rows *
                       static_cast<double>(pretrain.steps);
  return kOverheadSeconds + flops / kAssumedFlopsPerThread;
}

double tune_steps(const TuneSettings& tune, const TrainSizeSettings& train) {
  if (tune.steps.fixed > 0) return static_cast<double>(tune.steps.fixed);
  double examples = kUnknownTrainExamples;
  if (train.examples)
    examples = static_cast<double>(train.examples * std::max<int64_t>(train.references, 1));
  if (train.fraction > 0) examples *= train.fraction;
  const double batches = std::ceil(examples / rows_per_batch(tune));
  const double steps =
      std::max(tune.steps.epochs * batches, static_cast<double>(tune.steps.at_least));
  return tune.steps.at_most ? std::min(steps, static_cast<double>(tune.steps.at_most)) : steps;
}

double tune_seconds(const ModelSize& size, const TuneSettings& tune, const TrainSizeSettings& train,
                    bool frozen) {
  const double flops = train_flops(size, static_cast<double>(tune.max_source_length),
                                   static_cast<double>(tune.max_target_length), frozen);
  return flops * rows_per_batch(tune) * tune_steps(tune, train) / kAssumedFlopsPerThread;
}

double evaluate_seconds(const ModelSize& size, int64_t source_length,
                        const EvaluateSettings& evaluate) {
  const double examples =
      evaluate.test_examples ? static_cast<double>(evaluate.test_examples) : kUnknownTestExamples;
  // twice: once to generate, once for the loss of the references
  const double flops = 2 *
                       train_flops(size, static_cast<double>(source_length),
                                   static_cast<double>(evaluate.max_new_tokens)) /
                       3;
  return kOverheadSeconds + flops * examples / kAssumedFlopsPerThread;
}

}  // namespace dovetail
