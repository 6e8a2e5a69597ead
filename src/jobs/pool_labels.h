// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "jobs/test_items.h"
#include "plan/record.h"

namespace dovetail {

// The label that a model gives to an unlabelled example, as an index into the task's labels, and
// its probability among them.
struct PseudoLabel {
  int64_t label = 0;
  double probability = 0;
};

// P(label | example) of each label, by the likelihood of its target; a target of more pieces is
// normalised to the length of the shortest one. [examples][labels].
std::vector<std::vector<double>> label_probabilities(const EvalContext& context,
                                                     const std::vector<const Example*>& examples);

// The most probable label of each example; the first of equal ones.
std::vector<PseudoLabel> predict_labels(const EvalContext& context,
                                        const std::vector<Example>& examples);

// Throws ConfigError where a label's word has several pieces and `long_labels` is "refuse".
void check_label_pieces(const ExampleEncoder& encoder, const Example& any,
                        const std::string& long_labels);

// The share of labels that are the data's own, among the examples whose label is known; NaN where
// none is.
double label_accuracy(const std::vector<int64_t>& labels, const std::vector<int64_t>& answers);

// A line {"label": WORD, "probability": P} for each example.
inline constexpr const char* kPoolLabelsFile = "labels.jsonl";
void write_labels(const std::filesystem::path& file, const TaskData& task,
                  const std::vector<PseudoLabel>& labels);
// The first `count` of them. DataError for fewer.
std::vector<int64_t> read_labels_of_pool(const std::filesystem::path& file, const TaskData& task,
                                         size_t count);

}  // namespace dovetail
