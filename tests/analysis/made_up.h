// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail::made_up {

// What a plan knows of the labels that these tests use.
inline std::map<std::string, std::map<std::string, AxisTraits>> traits() {
  return {{"objective",
           {{"span_corruption", {.answer_style = AnswerStyle::infill}},
            {"prefix_lm", {.answer_style = AnswerStyle::continuation}}}},
          {"adaptation",
           {{"denoising", {.answer_style = AnswerStyle::infill}},
            {"lm", {.answer_style = AnswerStyle::continuation}}}},
          {"template",
           {{"mapping", {.answer_style = AnswerStyle::continuation}},
            {"masked_mapping", {.answer_style = AnswerStyle::infill}},
            {"prompting",
             {.answer_style = AnswerStyle::continuation, .says_relation = true, .form = "nat"}},
            {"masked_prompting",
             {.answer_style = AnswerStyle::infill, .says_relation = true, .form = "nat"}}}}};
}

// A plan with records that a test writes down by hand. Nothing in here was measured.
struct Results {
  Plan plan;
  std::map<std::string, Record> records;

  explicit Results(const std::string& name = "made-up") {
    plan.sweep_name = name;
    plan.sweep_hash = "0123456789abcdef0123456789abcdef";
    plan.metrics = {"rouge_l", "exact_match"};
    plan.traits = traits();
  }

  // On the axis "adaptation" of all cells that are added from now on; "": no such axis.
  std::string adaptation;

  // Objective, task, template, tuning, train size and seed. Labels enter the axes in the order of
  // their first use.
  Cell& add_planned(const std::array<std::string, 6>& at, const std::string& baseline = "",
                    const std::string& kind = "lexical", std::vector<int64_t> inputs = {}) {
    Cell cell{plan.sweep_name, {}, baseline, static_cast<int64_t>(plan.jobs.size())};
    const std::map<std::string, std::string> given{
        {"objective", at[0]}, {"adaptation", adaptation}, {"task", at[1]}, {"template", at[2]},
        {"tuning", at[3]},    {"train_size", at[4]},      {"seed", at[5]}};
    for (size_t axis = 0; axis < kAxes.size(); ++axis) {
      const std::string& label = given.at(kAxes[axis]);
      if (label.empty()) continue;
      cell.coordinates[axis] = label;
      cell.name += "/" + label;
      auto& labels = plan.axis_labels[kAxes[axis]];
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    }
    if (!baseline.empty()) cell.name += "/" + baseline;
    Job job;
    job.key = "job" + std::to_string(plan.jobs.size());
    job.kind = baseline.empty() ? JobKind::tune : JobKind::baseline;
    job.name = cell.name;
    if (kind == "reading") plan.primary_metrics[at[1]] = "exact_match";
    job.inputs = std::move(inputs);
    plan.jobs.push_back(job);
    plan.cells.push_back(cell);
    return plan.cells.back();
  }

  Record& record_of(int64_t job) {
    const Job& made = plan.jobs[static_cast<size_t>(job)];
    Record& record = records[made.key];
    record.key = made.key;
    record.name = made.name;
    record.kind = made.kind;
    record.provenance = {
        {"commit", "abc1234"}, {"threads", 1}, {"device", "cpu"}, {"host", "made-up"}};
    return record;
  }

  Record& add(const std::array<std::string, 6>& at, const std::vector<float>& scores,
              double wall_seconds = 1, const std::string& baseline = "",
              const std::string& kind = "lexical", std::vector<int64_t> inputs = {}) {
    Record& record = record_of(add_planned(at, baseline, kind, std::move(inputs)).job);
    double sum = 0;
    for (const float score : scores) sum += score;
    for (const std::string& metric : plan.metrics) {
      record.per_example[metric] = scores;
      record.metrics[metric] = sum / static_cast<double>(scores.size());
    }
    record.cost.wall_seconds = wall_seconds;
    plan.jobs.back().cost_seconds = wall_seconds;  // what the plan declares
    return record;
  }

  // A job that others need; returns its index.
  int64_t add_upstream(JobKind kind, const std::string& name, double wall_seconds,
                       std::vector<int64_t> inputs = {}) {
    Job job;
    job.key = "job" + std::to_string(plan.jobs.size());
    job.kind = kind;
    job.name = name;
    job.inputs = std::move(inputs);
    job.cost_seconds = wall_seconds;
    plan.jobs.push_back(job);
    const int64_t index = static_cast<int64_t>(plan.jobs.size()) - 1;
    record_of(index).cost.wall_seconds = wall_seconds;
    return index;
  }
};

// The shape of a whole small sweep with scores drawn at random: for looking at the report, and for
// tests of its form. `finished_share` of the cells have run, some have failed.
Results random_results(uint64_t seed, double finished_share, int64_t num_items = 200);

}  // namespace dovetail::made_up
