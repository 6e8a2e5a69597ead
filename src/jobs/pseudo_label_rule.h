// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <vector>

namespace dovetail {

// What a step of self-training knows: P(label | example) of some examples of the pool and of some
// labelled ones, by the model as it is.
struct LabelEvidence {
  std::vector<int64_t> pool_indices;
  std::vector<std::vector<double>> pool;      // [examples][labels]
  std::vector<std::vector<double>> labelled;  // [examples][labels]
  std::vector<int64_t> labels;                // of the labelled examples
};

struct SelectedLabel {
  size_t place = 0;  // in LabelEvidence::pool
  int64_t label = 0;
};

// Which of a model's own labels count. By the parameter `method` of the adaptation self_training,
// with p the greatest probability of an example and t the threshold:
//
//   pseudo_label, fixmatch  p >= t (Lee 2013; Sohn et al. 2020, sec. 2.2)
//   flexmatch  p >= t * b / (2 - b), where b is how much its label is learned: the pool's examples
//              with that label and p above t, over the most of any label, or over the examples that
//              have no such label if these are more (Zhang et al. 2021, eq. 5 to 11)
//   adamatch   the labels are first aligned with those of the labelled examples, and p >= t times
//              the mean p of these (Berthelot et al. 2022, sec. 3)
//   dash       -log p <= C * gamma^-(k - 1) * r and never below rho_min, with r the labelled
//              examples' loss when it begins and k the tenth of the steps (Xu et al. 2021, eq. 7)
class PseudoLabelRule {
 public:
  // `parameters`: those of the adaptation. `steps`: of the training.
  PseudoLabelRule(const nlohmann::json& parameters, size_t num_labels, size_t pool_size,
                  int64_t steps);

  // Steps must rise.
  std::vector<SelectedLabel> select(const LabelEvidence& evidence, int64_t step);

 private:
  std::vector<double> aligned(const std::vector<double>& probabilities,
                              const LabelEvidence& evidence) const;
  double class_threshold(int64_t label) const;  // flexmatch
  bool passes_dash(double probability, const LabelEvidence& evidence, int64_t step);

  std::string method_;
  double threshold_, dash_c_, dash_gamma_, dash_rho_min_;
  int64_t steps_;
  std::vector<int64_t> counts_;   // flexmatch: examples of each label that were above the threshold
  std::vector<int64_t> learned_;  // flexmatch: that label of each example; -1: none yet
  double dash_rho_ = -1;          // the labelled loss at the first step; -1: not yet known
};

}  // namespace dovetail
