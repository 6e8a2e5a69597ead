// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/answered.h"

#include <algorithm>
#include <cmath>

#include "analysis/report/estimate_json.h"

namespace dovetail {

namespace {

std::optional<double> finite_at(const Record& record, const std::string& metric, size_t place) {
  const auto found = record.per_example.find(metric);
  if (found == record.per_example.end() || place >= found->second.size()) return {};
  const double value = found->second[place];
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

const std::vector<std::string>& references_for(const TestExample& example, const Cell& cell) {
  const auto own = example.references_under.find(cell.coordinates[kTemplate]);
  return own == example.references_under.end() ? example.references : own->second;
}

}  // namespace

std::vector<AnsweredExample> answered_examples(const Cell& cell, const Record& record,
                                               const std::string& metric,
                                               const TestExamples& examples) {
  const auto found = examples.find(cell.coordinates[kTask]);
  const bool known = found != examples.end() && found->second.size() == record.predictions.size();
  std::vector<AnsweredExample> answered;
  for (size_t i = 0; i < record.predictions.size(); ++i) {
    AnsweredExample one{.place = static_cast<int64_t>(i),
                        .answer = record.predictions[i],
                        .score = finite_at(record, metric, i)};
    if (known) {
      one.source = found->second[i].source;
      one.references = references_for(found->second[i], cell);
    }
    if (const auto loss = finite_at(record, "loss", i)) one.likelihood = std::exp(-*loss);
    answered.push_back(std::move(one));
  }
  return answered;
}

void sort_by_score(std::vector<AnsweredExample>& examples, bool lowest_first) {
  std::ranges::stable_sort(examples, [&](const AnsweredExample& a, const AnsweredExample& b) {
    if (!a.score || !b.score) return a.score.has_value() && !b.score;
    return lowest_first ? *a.score < *b.score : *a.score > *b.score;
  });
}

Json answered_json(const AnsweredExample& example) {
  return {{"example", example.place},
          {"source", example.references.empty() ? Json() : Json(example.source)},
          {"references", example.references.empty() ? Json() : Json(example.references)},
          {"answer", example.answer},
          {"score", number_or_null(example.score)},
          {"likelihood", number_or_null(example.likelihood)}};
}

}  // namespace dovetail
