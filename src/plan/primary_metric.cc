// SPDX-License-Identifier: Apache-2.0
#include "plan/primary_metric.h"

#include <algorithm>

namespace dovetail {

std::string primary_metric(const std::string& kind, const std::vector<std::string>& measured,
                           const std::vector<std::string>& of_a_set) {
  static const std::vector<std::string> of_answers = {
      "exact_match", "accuracy_text", "accuracy_likelihood", "accuracy_likelihood_normalized",
      "accuracy_pmi"};
  static const std::vector<std::string> of_texts = {"rouge_l"};
  const bool right_or_wrong = kind == "reading" || kind == "choice" || kind == "classification";
  const auto is_in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  for (const std::string& wanted : right_or_wrong ? of_answers : of_texts) {
    if (is_in(measured, wanted)) return wanted;
  }
  for (const std::string& metric : measured) {
    if (!is_in(of_a_set, metric)) return metric;
  }
  return "loss";
}

}  // namespace dovetail
