// SPDX-License-Identifier: Apache-2.0
#include "jobs/pool_labels.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "jobs/framing.h"

namespace dovetail {

namespace {

int64_t num_pieces(const Vocabulary& vocabulary, const Sequence& row) {
  return std::ranges::count_if(row.target, [&](int32_t id) { return is_content(vocabulary, id); });
}

// Softmax over the log-likelihoods of one example's labels.
std::vector<double> normalised(const TokenScores* scores, size_t count) {
  size_t shortest = std::numeric_limits<size_t>::max();
  for (size_t i = 0; i < count; ++i) shortest = std::min(shortest, scores[i].token_logprobs.size());
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) {
    values.push_back(scores[i].logprob * static_cast<double>(shortest) /
                     static_cast<double>(scores[i].token_logprobs.size()));
  }
  const double largest = std::ranges::max(values);
  double sum = 0;
  for (double& value : values) sum += value = std::exp(value - largest);
  for (double& value : values) value /= sum;
  return values;
}

}  // namespace

std::vector<std::vector<double>> label_probabilities(const EvalContext& context,
                                                     const std::vector<const Example*>& examples) {
  const size_t labels = context.encoder.task().labels.size();
  std::vector<Sequence> rows;
  for (const Example* example : examples) {
    for (size_t label = 0; label < labels; ++label)
      rows.push_back(context.encoder.choice_row(*example, label).sequence);
  }
  const std::vector<TokenScores> scores = score_rows(context, rows);
  std::vector<std::vector<double>> probabilities;
  for (size_t i = 0; i < examples.size(); ++i)
    probabilities.push_back(normalised(&scores[i * labels], labels));
  return probabilities;
}

std::vector<PseudoLabel> predict_labels(const EvalContext& context,
                                        const std::vector<Example>& examples) {
  std::vector<const Example*> all;
  for (const Example& example : examples) all.push_back(&example);
  std::vector<PseudoLabel> labels;
  for (const std::vector<double>& probabilities : label_probabilities(context, all)) {
    const auto best = std::ranges::max_element(probabilities);
    labels.push_back({best - probabilities.begin(), *best});
  }
  return labels;
}

void check_label_pieces(const ExampleEncoder& encoder, const Example& any,
                        const std::string& long_labels) {
  if (long_labels != "refuse") return;
  for (size_t label = 0; label < encoder.task().labels.size(); ++label) {
    const int64_t pieces =
        num_pieces(encoder.vocabulary(), encoder.choice_row(any, label).sequence);
    if (pieces == 1) continue;
    throw_<ConfigError>(
        "label \"{}\" of task {} has {} pieces in this vocabulary, and long_labels = \"refuse\" "
        "wants one: give the label another word, or long_labels = \"normalize\"",
        encoder.task().labels[label], encoder.task().name, pieces);
  }
}

double label_accuracy(const std::vector<int64_t>& labels, const std::vector<int64_t>& answers) {
  double right = 0, known = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (answers[i] < 0) continue;
    known += 1;
    right += labels[i] == answers[i];
  }
  return known > 0 ? right / known : std::nan("");
}

void write_labels(const std::filesystem::path& file, const TaskData& task,
                  const std::vector<PseudoLabel>& labels) {
  std::string lines;
  for (const PseudoLabel& given : labels) {
    const nlohmann::json line = {{"label", task.labels.at(given.label)},
                                 {"probability", given.probability}};
    lines += line.dump() + "\n";
  }
  write_file_atomically(file, lines);
}

std::vector<int64_t> read_labels_of_pool(const std::filesystem::path& file, const TaskData& task,
                                         size_t count) {
  std::vector<int64_t> labels;
  for_each_line(read_file(file), [&](int64_t line, std::string_view text) {
    const auto row = nlohmann::json::parse(text, nullptr, false);
    const std::string label = row.is_object() ? row.value("label", "") : "";
    const auto found = std::ranges::find(task.labels, label);
    if (found == task.labels.end()) {
      throw_<DataError>("{}:{}: expected a label of task {}, found \"{}\"", file.string(), line,
                        task.name, text);
    }
    labels.push_back(found - task.labels.begin());
  });
  if (labels.size() < count) {
    throw_<DataError>("{}: expected the labels of {} examples, found {}", file.string(), count,
                      labels.size());
  }
  labels.resize(count);
  return labels;
}

}  // namespace dovetail
