// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "plan/json.h"

namespace dovetail {

// What a table shows beside the tuned cells, and a decision compares them with.
struct BaselineEntry {
  std::string name;
  std::string label;       // for readers: "most frequent answer"
  std::string definition;  // one sentence
  bool needs_model = false;
};

// All baselines, in the order of reports.
const std::vector<BaselineEntry>& baselines();

// Those that say something about a task with these facts (Plan::task_facts: "kind", "layout",
// "strata", "rules"), which are scored where a sweep names no others: the guesses of a
// multiple-choice test have no meaning without choices of an example's own. Without facts: those
// that suit every task.
std::vector<std::string> baselines_for(const Json& facts);
// Whether a task with these facts lacks what the baseline needs: choices, strata, or a rule of its
// own (TaskData::rules).
bool lacks_baseline(const Json& facts, const std::string& baseline);

}  // namespace dovetail
