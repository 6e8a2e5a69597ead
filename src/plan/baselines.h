// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

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

// Those that say something about tasks of this kind and layout (Plan::task_facts), which are scored
// where a sweep names no others: the guesses of a multiple-choice test have no meaning without
// choices of an example's own.
std::vector<std::string> baselines_for(const std::string& task_kind, const std::string& layout);

}  // namespace dovetail
