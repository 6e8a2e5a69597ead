// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analysis/decisions/claim_scores.h"
#include "analysis/statistics/metric_direction.h"

namespace dovetail {

namespace {

double ratio(double gain, double base) {
  // A resample may draw only examples that score 0. The ratio is then a large finite number.
  if (base > 0) return gain / base;
  return gain == 0 ? 0.0 : gain > 0 ? 1e9 : -1e9;
}

// Judges one claim by one metric.
class Judge {
 public:
  Judge(const Claim& claim, const std::string& metric, const Plan& plan,
        const std::vector<CellGroup>& groups, const DecisionOptions& options,
        std::map<int64_t, Bootstrap>& bootstraps)
      : plan_(plan), groups_(groups), options_(options), bootstraps_(bootstraps) {
    result_.claim = claim;
    result_.metric = metric;
    const std::string& own = claim.pairs.front().better.metric;
    result_.higher_is_better = higher_is_better(plan, own.empty() ? metric : own);
    differences_ = std::any_of(claim.pairs.begin(), claim.pairs.end(),
                               [](const ClaimPair& pair) { return !pair.more_than.empty(); });
  }

  ClaimResult judge() {
    const std::vector<ClaimComparison> comparisons =
        claim_comparisons(result_.claim, plan_, groups_);
    gather(comparisons);
    std::vector<TaskParts> parts;
    for (auto& [task, sums] : sums_) {
      if (sums.num_pairs() > 0) parts.push_back(judge_task(task, sums));
    }
    if (!parts.empty()) {
      result_.effect = pool(parts, effect(), result_.claim.at_least, options_.bootstrap);
      average_scores();
    }
    result_.reason = why_not(comparisons);
    result_.verdict = !result_.reason.empty() ? ClaimVerdict::not_run : verdict();
    return std::move(result_);
  }

 private:
  size_t num_sides() const { return differences_ ? 4 : 2; }

  void gather(const std::vector<ClaimComparison>& comparisons) {
    std::set<const CellGroup*> needed;
    for (const ClaimComparison& comparison : comparisons) {
      const std::array cells{&comparison.better, &comparison.worse, &comparison.reference_better,
                             &comparison.reference_worse};
      Sides sides;
      for (size_t k = 0; k < num_sides(); ++k) {
        // Another pair of the claim has more_than and this one does not.
        if (cells[k]->empty()) continue;
        needed.insert(cells[k]->begin(), cells[k]->end());
        const ClaimSide& side = k % 2 == 0 ? comparison.pair->better : comparison.pair->worse;
        sides[k] = side_scores(*cells[k], side.metric.empty() ? result_.metric : side.metric,
                               side.best_other, result_.higher_is_better, options_.cross_fit);
      }
      if (differences_ && comparison.reference_better.empty()) sides[2] = sides[3] = sides[0];
      sums_[comparison.task].add(sides, num_sides());
    }
    for (const CellGroup& group : groups_) {
      if (needed.contains(&group)) count_cells(group);
    }
  }

  void count_cells(const CellGroup& group) {
    for (const CellResult& cell : group.cells) {
      ++result_.cells;
      if (cell.state == CellState::finished) continue;
      const bool missing = cell.state == CellState::missing;
      ++(missing ? result_.cells_missing : result_.cells_failed);
      result_.unusable.push_back(cell.cell->name +
                                 (missing ? ": not run" : ": failed, " + cell.reason));
    }
  }

  Effect effect() const {
    const double sign = result_.higher_is_better ? 1 : -1;
    if (result_.claim.reduce == "gain")
      return [](const std::vector<double>& parts) { return parts[0]; };
    return [sign](const std::vector<double>& parts) {
      double effect = ratio(sign * (parts[0] - parts[1]), parts[1]);
      if (parts.size() > 2) effect -= ratio(sign * (parts[2] - parts[3]), parts[3]);
      return effect;
    };
  }

  // Turns the means of the sides into the parts that effect() takes.
  std::vector<double> parts_of(const std::vector<double>& means) const {
    if (result_.claim.reduce != "gain") return means;
    const double sign = result_.higher_is_better ? 1 : -1;
    double gain = means[0] - means[1];
    if (differences_) gain -= means[2] - means[3];
    return {sign * gain};
  }

  TaskParts judge_task(const std::string& task, const TaskSums& sums) {
    const int64_t items = sums.num_items();
    const Bootstrap& bootstrap =
        bootstraps_.try_emplace(items, items, options_.bootstrap).first->second;
    std::vector<double> means;
    std::vector<std::vector<double>> resampled;
    for (size_t k = 0; k < num_sides(); ++k) {
      const Scores side = sums.side(k);
      means.push_back(side.mean());
      resampled.push_back(bootstrap.resampled_means(side));
    }
    TaskParts parts{parts_of(means), {}};
    parts.resampled.resize(parts.means.size());
    for (size_t r = 0; r < resampled[0].size(); ++r) {
      std::vector<double> drawn;
      for (const auto& side : resampled) drawn.push_back(side[r]);
      drawn = parts_of(drawn);
      for (size_t p = 0; p < drawn.size(); ++p) parts.resampled[p].push_back(drawn[p]);
    }
    add_task(task, sums, means, parts);
    return parts;
  }

  void add_task(const std::string& task, const TaskSums& sums, const std::vector<double>& means,
                const TaskParts& parts) {
    ClaimOnTask& found = result_.tasks.emplace_back();
    found.task = task;
    found.pairs = sums.num_pairs();
    found.scores.better = means[0];
    found.scores.worse = means[1];
    if (differences_) {
      found.scores.reference_better = means[2];
      found.scores.reference_worse = means[3];
    }
    found.effect = pool({parts}, effect(), result_.claim.at_least, options_.bootstrap).estimate;
    found.effect.items = sums.num_items();
    found.effect.seeds = sums.num_seeds();
    result_.examples += found.effect.items;
    result_.pairs += found.pairs;
    result_.seeds = std::max(result_.seeds, found.effect.seeds);
  }

  void average_scores() {
    SideScores& mean = result_.scores;
    const double share = 1.0 / static_cast<double>(result_.tasks.size());
    for (const ClaimOnTask& task : result_.tasks) {
      mean.better += share * task.scores.better;
      mean.worse += share * task.scores.worse;
      if (!differences_) continue;
      mean.reference_better =
          mean.reference_better.value_or(0) + share * *task.scores.reference_better;
      mean.reference_worse =
          mean.reference_worse.value_or(0) + share * *task.scores.reference_worse;
    }
  }

  std::string why_not(const std::vector<ClaimComparison>& comparisons) const {
    if (comparisons.empty()) return "the sweep has no cells of both sides to compare";
    if (result_.cells_missing > 0) {
      return fmt::format("{} of {} cells have not run yet", result_.cells_missing, result_.cells);
    }
    for (const auto& [task, sums] : sums_) {
      if (sums.num_pairs() == 0)
        return fmt::format("no pair of cells of {} has {} in a common seed", task, result_.metric);
    }
    return "";
  }

  ClaimVerdict verdict() const {
    if (result_.effect.estimate.low > result_.claim.at_least) return ClaimVerdict::holds;
    if (result_.effect.estimate.high < result_.claim.at_least) return ClaimVerdict::does_not_hold;
    return ClaimVerdict::undecided;
  }

  const Plan& plan_;
  const std::vector<CellGroup>& groups_;
  const DecisionOptions& options_;
  std::map<int64_t, Bootstrap>& bootstraps_;
  std::map<std::string, TaskSums> sums_;
  ClaimResult result_;
  bool differences_ = false;
};

void adjust_p_values(std::vector<ClaimResult>& results) {
  std::vector<double> p_values;
  for (const ClaimResult& result : results) {
    if (result.verdict != ClaimVerdict::not_run) p_values.push_back(result.effect.p_value);
  }
  const std::vector<double> adjusted = holm(p_values);
  size_t next = 0;
  for (ClaimResult& result : results) {
    if (result.verdict != ClaimVerdict::not_run) result.p_holm = adjusted[next++];
  }
}

}  // namespace

std::string to_string(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds: return "holds";
    case ClaimVerdict::does_not_hold: return "does_not_hold";
    case ClaimVerdict::undecided: return "undecided";
    case ClaimVerdict::not_run: return "not_run";
  }
  return "";
}

std::optional<double> SideScores::relative(bool higher_is_better) const {
  if (!(worse > 0)) return std::nullopt;
  return (higher_is_better ? better - worse : worse - better) / worse;
}

std::vector<ClaimResult> judge_claims(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const DecisionOptions& options) {
  std::vector<ClaimResult> results;
  std::map<int64_t, Bootstrap> bootstraps;
  for (const Claim& claim : plan.claims) {
    for (const std::string& metric : claim.metrics) {
      results.push_back(Judge(claim, metric, plan, groups, options, bootstraps).judge());
    }
  }
  adjust_p_values(results);
  return results;
}

}  // namespace dovetail
