// SPDX-License-Identifier: Apache-2.0
#include "training/evaluate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/stop.h"
#include "metrics/metric.h"
#include "model/generate.h"
#include "training/learner.h"

namespace dovetail {

using torch::Tensor;

namespace {

// Rows by source length, longest first, in batches: a batch holds little padding.
std::vector<std::vector<int64_t>> length_batches(const std::vector<Sequence>& rows, int64_t batch_size) {
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
             const torch::Device& device) {
  std::vector<const Sequence*> chosen;
  for (int64_t index : indices) chosen.push_back(&rows[index]);
  return collate(chosen).to(device);
}

struct TestScores {
  std::vector<std::string> predictions;
  std::vector<float> losses;             // mean over an example's target tokens
  double loss_sum = 0;
  int64_t num_targets = 0;
};

void add_losses(const T5Model& model, const Batch& batch, const Tensor& memory,
                const std::vector<int64_t>& rows, TestScores& scores) {
  const Tensor logits = model.logits(model.decode(batch.decoder_ids_BT, memory, batch.mask_BS));
  const Tensor losses_BT = torch::nn::functional::cross_entropy(
      logits.transpose(1, 2), batch.labels_BT,
      torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone).ignore_index(kIgnored));
  const Tensor sums_B = losses_BT.sum(1, false, torch::kFloat64).cpu().contiguous();
  const Tensor counts_B = (batch.labels_BT != kIgnored).sum(1).cpu().contiguous();
  for (size_t i = 0; i < rows.size(); ++i) {
    const double sum = sums_B.const_data_ptr<double>()[i];
    const int64_t count = counts_B.const_data_ptr<int64_t>()[i];
    scores.losses[rows[i]] = static_cast<float>(sum / static_cast<double>(count));
    scores.loss_sum += sum;
    scores.num_targets += count;
  }
}

TestScores run_test(const T5Model& model, TuningMethod& tuning, const RowMaker& maker,
                    const EvaluateSettings& settings, const std::vector<Sequence>& rows) {
  const torch::InferenceMode inference;
  TestScores scores;
  scores.predictions.resize(rows.size());
  scores.losses.resize(rows.size());
  for (const std::vector<int64_t>& indices : length_batches(rows, settings.batch_size)) {
    check_stop();
    const Batch batch = gather(rows, indices, model.device());
    const Tensor memory = model.encode(tuning.embed(batch.source_BS), batch.mask_BS);
    add_losses(model, batch, memory, indices, scores);
    const auto generated = generate_greedy(model, memory, batch.mask_BS, settings.max_new_tokens);
    for (size_t i = 0; i < indices.size(); ++i) {
      scores.predictions[indices[i]] = postprocess(maker.vocabulary.decode(generated[i]));
    }
  }
  return scores;
}

}  // namespace

void score_predictions(const TaskData& task, const std::vector<int64_t>& test,
                       const std::vector<std::string>& predictions,
                       const std::vector<std::string>& metric_names, Record& record) {
  std::vector<ScoredItem> items;
  for (size_t i = 0; i < test.size(); ++i) {
    items.push_back({.prediction = predictions[i], .references = task.test[test[i]].references});
  }
  for (const std::string& name : metric_names) {
    const Metric& metric = find_metric(name);
    const std::vector<double> scores = metric.score(items);
    record.per_example[name].assign(scores.begin(), scores.end());
    record.metrics[name] = metric.of_all(items, scores);
  }
  record.predictions = predictions;
}

void evaluate(T5Model& model, TuningMethod& tuning, const RowMaker& maker,
              const EvaluateSettings& settings, Record& record) {
  const PackedWeights packed(model);
  const std::vector<int64_t> test = choose_test(maker.task, settings.test_examples);
  std::vector<Sequence> rows;
  for (int64_t index : test) {
    const Example& example = maker.task.test[index];
    rows.push_back(maker.row(example, example.references.front()));
  }
  TestScores scores = run_test(model, tuning, maker, settings, rows);
  score_predictions(maker.task, test, scores.predictions, settings.metrics, record);
  const double loss = scores.loss_sum / static_cast<double>(scores.num_targets);
  record.metrics["loss"] = loss;
  record.metrics["perplexity"] = std::exp(loss);
  record.per_example["loss"] = std::move(scores.losses);
}

double mean_loss(const T5Model& model, TuningMethod& tuning, const std::vector<Sequence>& rows,
                 int64_t batch_size) {
  const torch::NoGradGuard no_grad;
  double sum = 0;
  int64_t targets = 0;
  for (const std::vector<int64_t>& indices : length_batches(rows, batch_size)) {
    const Batch batch = gather(rows, indices, model.device());
    sum += weighted_loss(model, tuning, batch).item<double>();
    targets += batch.num_targets;
  }
  return sum / static_cast<double>(targets);
}

}  // namespace dovetail
