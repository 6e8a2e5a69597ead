// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace dovetail {

// What folders that are to be merged say otherwise of one thing, as sentences. Only the first ones
// are kept; the rest is counted.
class MergeConflicts {
 public:
  void add(const std::function<std::string()>& sentence);
  int64_t count() const { return count_; }
  std::string text() const;  // each on a line of its own; "and 7 more"

 private:
  int64_t count_ = 0;
  std::vector<std::string> shown_;
};

// Joins the plans of several results folders: of one sweep whose parts ran in different places, or
// of sweeps that belong together, as two ranges of seeds. A cell is known by its labels, a job by
// its key. The merged sweep has the name of the first.
//
// Plans conflict where a label means two things (other settings, other data), where one lacks an
// axis of the other, and where the same cell is computed by two jobs. The last can be settled in
// favour of the first plan; the others cannot, because the merged table would hide them.
class PlanMerger {
 public:
  // `name`: of the folder, in messages.
  PlanMerger(std::string name, const Plan& first, bool first_wins, MergeConflicts& conflicts);
  void add(const std::string& name, const Plan& plan);
  Plan take() { return std::move(merged_); }

 private:
  // The labels, and the name of the baseline or the kind of the probe.
  using Point = std::pair<std::array<std::string, kAxes.size()>, std::string>;
  struct Place {
    size_t cell = 0;  // in its list
    std::string folder;
  };
  // By axis and label, "tuning full": the settings that it stands for, as JSON.
  using Meanings = std::map<std::string, std::set<std::string>>;

  static Meanings meanings_of(const Plan& plan);
  void check_axes(const std::string& name, const Plan& plan);
  void check_meanings(const std::string& name, const Plan& plan);
  void add_cells(const std::string& name, const Plan& plan, std::vector<Cell> Plan::*list,
                 std::map<Point, Place>& places);
  int64_t add_job(const Plan& plan, int64_t index);
  void add_facts(const std::string& name, const Plan& plan);

  std::string first_name_;
  bool first_wins_;
  MergeConflicts& conflicts_;
  Plan merged_;
  Meanings meanings_;
  std::map<std::string, int64_t> jobs_;  // by key
  std::map<Point, Place> cells_, probes_;
};

}  // namespace dovetail
