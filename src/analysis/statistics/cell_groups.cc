// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cell_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace dovetail {

namespace {

CellResult result_of(const Cell& cell, const Plan& plan,
                     const std::map<std::string, Record>& records) {
  CellResult result{&cell};
  const auto found = records.find(plan.jobs.at(static_cast<size_t>(cell.job)).key);
  if (found == records.end()) return result;
  result.record = &found->second;
  result.state =
      found->second.status == RunStatus::finished ? CellState::finished : CellState::failed;
  result.reason = found->second.reason;
  return result;
}

CellGroup group_of(const Cell& cell) {
  return {cell.baseline,
          coordinate(cell, "objective"),
          coordinate(cell, "adaptation"),
          coordinate(cell, "task"),
          coordinate(cell, "template"),
          coordinate(cell, "tuning"),
          coordinate(cell, "train_size"),
          {}};
}

// The number of test examples that most finished cells of each task agree on.
std::map<std::string, size_t> items_by_task(const std::vector<CellGroup>& groups,
                                            const std::string& metric) {
  std::map<std::string, std::map<size_t, int64_t>> votes;
  for (const CellGroup& group : groups) {
    for (const CellResult& result : group.cells) {
      if (result.state != CellState::finished) continue;
      const auto scores = result.record->per_example.find(metric);
      if (scores != result.record->per_example.end()) ++votes[group.task][scores->second.size()];
    }
  }
  std::map<std::string, size_t> items;
  for (const auto& [task, counts] : votes) {
    items[task] = std::max_element(counts.begin(), counts.end(), [](auto& a, auto& b) {
                    return a.second < b.second;
                  })->first;
  }
  return items;
}

void check_lengths(std::vector<CellGroup>& groups, const std::string& metric) {
  const std::map<std::string, size_t> items = items_by_task(groups, metric);
  for (CellGroup& group : groups) {
    for (CellResult& result : group.cells) {
      if (result.state != CellState::finished) continue;
      const auto scores = result.record->per_example.find(metric);
      if (scores == result.record->per_example.end()) continue;
      const size_t expected = items.at(group.task);
      if (scores->second.size() == expected && expected > 0) continue;
      result.state = CellState::failed;
      result.reason = fmt::format(
          "the record holds {} scores of {}, but the other cells of task {} hold {}; it was left "
          "out",
          scores->second.size(), metric, group.task, expected);
    }
  }
}

bool all_finite(const std::vector<float>& row) {
  return std::ranges::all_of(row, [](float score) { return std::isfinite(score); });
}

// Notes for each task and metric the examples that are NaN in every finished cell. A metric cannot
// read some references, whatever a cell answers; a number that only some cells lack is a fault.
void note_missing_examples(std::vector<CellGroup>& groups) {
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> missing;  // task, metric
  for (const CellGroup& group : groups) {
    for (const CellResult& result : group.cells) {
      if (result.state != CellState::finished) continue;
      for (const auto& [metric, row] : result.record->per_example) {
        const auto [place, is_first] = missing.try_emplace({group.task, metric});
        std::vector<size_t>& examples = place->second;
        if (is_first) {
          for (size_t i = 0; i < row.size(); ++i) {
            if (std::isnan(row[i])) examples.push_back(i);
          }
        }
        std::erase_if(examples, [&](size_t i) { return i >= row.size() || !std::isnan(row[i]); });
      }
    }
  }
  for (CellGroup& group : groups) {
    for (const auto& [place, examples] : missing) {
      if (place.first == group.task && !examples.empty()) group.missing[place.second] = examples;
    }
  }
}

std::vector<float> without(const std::vector<float>& row, const std::vector<size_t>& missing) {
  std::vector<float> kept;
  auto next = missing.begin();
  for (size_t i = 0; i < row.size(); ++i) {
    if (next != missing.end() && *next == i) {
      ++next;
    } else {
      kept.push_back(row[i]);
    }
  }
  return kept;
}

}  // namespace

std::string coordinate(const Cell& cell, std::string_view axis) {
  for (size_t i = 0; i < kAxes.size(); ++i) {
    if (kAxes[i] == axis) return cell.coordinates[i];
  }
  return "";
}

std::string to_string(CellState state) {
  switch (state) {
    case CellState::finished: return "finished";
    case CellState::failed: return "failed";
    case CellState::missing: return "missing";
  }
  return "";
}

const std::string& CellGroup::at(std::string_view axis) const {
  static const std::map<std::string_view, std::string CellGroup::*> members{
      {"objective", &CellGroup::objective}, {"adaptation", &CellGroup::adaptation},
      {"task", &CellGroup::task},           {"template", &CellGroup::template_name},
      {"tuning", &CellGroup::tuning},       {"train_size", &CellGroup::train_size}};
  return this->*members.at(axis);
}

int64_t CellGroup::count(CellState state) const {
  return std::count_if(cells.begin(), cells.end(), [&](auto& cell) { return cell.state == state; });
}

std::string CellGroup::choice() const {
  std::string text;
  for (const std::string& part : {start(), template_name, tuning}) {
    if (part.empty()) continue;
    text += (text.empty() ? "" : " · ") + part;
  }
  if (baseline.empty()) return text;
  return "baseline: " + baseline + (text.empty() ? "" : " (" + text + ")");
}

std::vector<CellGroup> group_cells(const Plan& plan, const std::map<std::string, Record>& records) {
  std::vector<CellGroup> groups;
  std::map<std::vector<std::string>, size_t> places;
  for (const Cell& cell : plan.cells) {
    std::vector<std::string> key{cell.baseline};
    for (size_t i = 0; i < kAxes.size(); ++i) {
      if (std::string_view(kAxes[i]) != "seed") key.push_back(cell.coordinates[i]);
    }
    const auto [place, is_new] = places.try_emplace(std::move(key), groups.size());
    if (is_new) groups.push_back(group_of(cell));
    groups[place->second].metric_traits = &plan.metric_traits;
    groups[place->second].cells.push_back(result_of(cell, plan, records));
  }
  for (const std::string& metric : plan.metrics) check_lengths(groups, metric);
  note_missing_examples(groups);
  return groups;
}

namespace {

// Adds to `missing` what is not `in`; both are by example.
void leave_out(const std::vector<bool>& in, size_t examples, std::vector<size_t>& missing) {
  std::set<size_t> all(missing.begin(), missing.end());
  for (size_t i = 0; i < examples; ++i)
    if (i >= in.size() || !in[i]) all.insert(i);
  missing.assign(all.begin(), all.end());
}

}  // namespace

std::vector<CellGroup> groups_within(
    const std::vector<CellGroup>& groups, const Plan& plan,
    const std::map<std::string, std::vector<std::string>>& strata) {
  std::vector<CellGroup> within = groups;
  for (CellGroup& group : within) {
    const auto known = plan.strata.find(group.task);
    const std::vector<bool> in =
        known == plan.strata.end() ? std::vector<bool>() : examples_in(known->second, strata);
    std::map<std::string, size_t> examples;  // by metric
    for (const CellResult& cell : group.cells) {
      if (cell.state != CellState::finished) continue;
      for (const auto& [metric, row] : cell.record->per_example) examples[metric] = row.size();
    }
    for (const auto& [metric, count] : examples) leave_out(in, count, group.missing[metric]);
  }
  return within;
}

namespace {

// Of the whole cell; NaN where the record has no such number.
double score_of_cell(const Record& record, const std::string& metric) {
  if (metric == "cpu_seconds") return record.cost.cpu_seconds;
  if (metric == "wall_seconds") return record.cost.wall_seconds;
  const auto found = record.metrics.find(metric);
  return found == record.metrics.end() ? std::nan("") : found->second;
}

Scores corpus_scores_of(const CellGroup& group, const std::string& metric) {
  Scores scores;
  for (const CellResult& result : group.cells) {
    if (result.state != CellState::finished) continue;
    const double score = score_of_cell(*result.record, metric);
    if (!std::isfinite(score)) continue;
    scores.seeds.push_back(coordinate(*result.cell, "seed"));
    scores.rows.push_back({static_cast<float>(score)});
  }
  return scores;
}

}  // namespace

Scores scores_of(const CellGroup& group, const std::string& metric) {
  Scores scores;
  if (group.metric_traits && traits_of(*group.metric_traits, metric).corpus_level)
    return corpus_scores_of(group, metric);
  for (const CellResult& result : group.cells) {
    if (result.state != CellState::finished) continue;
    const auto found = result.record->per_example.find(metric);
    if (found == result.record->per_example.end()) continue;
    const auto missing = group.missing.find(metric);
    std::vector<float> row =
        missing == group.missing.end() ? found->second : without(found->second, missing->second);
    if (row.empty() || !all_finite(row)) continue;
    scores.seeds.push_back(coordinate(*result.cell, "seed"));
    scores.rows.push_back(std::move(row));
  }
  return scores;
}

std::vector<int64_t> upstream_jobs(const Plan& plan, int64_t job) {
  std::set<int64_t> seen;
  std::vector<int64_t> open = plan.jobs.at(static_cast<size_t>(job)).inputs;
  while (!open.empty()) {
    const int64_t next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    const auto& inputs = plan.jobs.at(static_cast<size_t>(next)).inputs;
    open.insert(open.end(), inputs.begin(), inputs.end());
  }
  return {seen.begin(), seen.end()};
}

std::optional<ValidationScore> validation_score(const CellGroup& group, const std::string& metric) {
  double count = 0, sum = 0, squares = 0;
  for (const CellResult& cell : group.cells) {
    if (cell.state != CellState::finished) continue;
    const auto scores = cell.record->validation_scores.find(metric);
    if (scores == cell.record->validation_scores.end()) return std::nullopt;
    for (const float score : scores->second) {
      if (!std::isfinite(score)) continue;  // no evidence
      ++count;
      sum += score;
      squares += static_cast<double>(score) * score;
    }
  }
  if (count < 2) return std::nullopt;
  const double mean = sum / count;
  const double variance = std::max(0.0, squares - count * mean * mean) / (count - 1);
  return ValidationScore{mean, std::sqrt(variance / count)};
}

GroupCost cost_of(const CellGroup& group, const Plan& plan,
                  const std::map<std::string, Record>& records) {
  GroupCost cost;
  int64_t finished = 0;
  for (const CellResult& result : group.cells) {
    if (result.state != CellState::finished) continue;
    ++finished;
    cost.tune_seconds += result.record->cost.wall_seconds;
    for (const int64_t job : upstream_jobs(plan, result.cell->job)) {
      const auto found = records.find(plan.jobs[static_cast<size_t>(job)].key);
      if (found != records.end()) cost.upstream_seconds += found->second.cost.wall_seconds;
    }
  }
  if (finished > 0) {
    cost.tune_seconds /= static_cast<double>(finished);
    cost.upstream_seconds /= static_cast<double>(finished);
  }
  return cost;
}

}  // namespace dovetail
