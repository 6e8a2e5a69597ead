// SPDX-License-Identifier: Apache-2.0
#include "plan/plan_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/names.h"

namespace dovetail {

namespace {

std::map<std::string, std::vector<std::string>> labels_without(const Plan& plan,
                                                               const Plan& other) {
  std::map<std::string, std::vector<std::string>> left;
  for (const auto& [axis, labels] : plan.axis_labels) {
    const auto known = other.axis_labels.find(axis);
    for (const std::string& label : labels) {
      const bool is_known = known != other.axis_labels.end() &&
                            std::ranges::find(known->second, label) != known->second.end();
      if (!is_known) left[axis].push_back(label);
    }
  }
  return left;
}

std::string short_text(const Json& value) {
  constexpr size_t kLongest = 60;
  std::string text = value.dump();
  return text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
}

// Where a setting stands in a sweep file: "[tune] steps.fixed".
std::string place_in_sweep(const std::string& path) {
  const size_t dot = path.find('.');
  const std::string table = path.substr(0, dot);
  for (const char* known : {"model", "pretrain", "adapt", "tune", "evaluate"}) {
    if (table == known && dot != std::string::npos)
      return fmt::format("[{}] {}", known, path.substr(dot + 1));
  }
  return path;
}

// Collects what differs between the settings of two jobs.
class SettingsComparison {
 public:
  explicit SettingsComparison(std::vector<std::string>& found) : found_(found) {}

  void compare(const Json& before, const Json& after, const std::string& path = "") {
    if (before == after) return;
    if (before.is_object() && after.is_object()) return compare_objects(before, after, path);
    const bool same_length = before.is_array() && after.is_array() && before.size() == after.size();
    if (same_length &&
        std::ranges::all_of(before, [](const Json& one) { return one.is_object(); })) {
      for (size_t i = 0; i < before.size(); ++i) compare(before[i], after[i], path);
      return;
    }
    add(fmt::format("{} is {} there and {} here", place_in_sweep(path), short_text(before),
                    short_text(after)));
  }

 private:
  void compare_objects(const Json& before, const Json& after, const std::string& path) {
    Json keys = before;
    keys.update(after);
    for (const auto& [key, unused] : keys.items()) {
      const Json a = before.value(key, Json()), b = after.value(key, Json());
      if (a == b) continue;
      const std::string name = after.value("name", Json()).is_string() ? after["name"] : Json("");
      if (key.ends_with("fingerprint")) {
        add(fmt::format("the content of {} is another", name.empty() ? path : name));
      } else if (key == "wording") {
        add(fmt::format("the template {} words the task otherwise", name));
      } else if (key == "avoid") {
        add("an adaptation keeps the test examples of all tasks out of its sentences, and the "
            "tasks are others");
      } else {
        compare(a, b, path.empty() ? key : path + "." + key);
      }
    }
  }

  void add(const std::string& text) {
    if (std::ranges::find(found_, text) == found_.end()) found_.push_back(text);
  }

  std::vector<std::string>& found_;
};

// Compares two jobs and, place by place, the inputs that differ.
class JobComparison {
 public:
  JobComparison(const Plan& before, const Plan& after, std::vector<std::string>& found)
      : before_(before), after_(after), settings_(found) {}

  void compare(int64_t before, int64_t after) {
    const Job &a = before_.jobs[before], &b = after_.jobs[after];
    if (a.key == b.key || !seen_.insert({a.key, b.key}).second) return;
    settings_.compare(settings_json(a.settings), settings_json(b.settings));
    for (size_t i = 0; i < std::min(a.inputs.size(), b.inputs.size()); ++i)
      compare(a.inputs[i], b.inputs[i]);
  }

 private:
  const Plan &before_, &after_;
  SettingsComparison settings_;
  std::set<std::pair<std::string, std::string>> seen_;
};

// A baseline without a seed is screened on the validation examples of all seeds of its sweep. With
// more seeds it is scored again, and its scores on the test examples stay.
bool is_screened_on_more(const Job& before, const Job& after) {
  const auto *a = std::get_if<BaselineJob>(&before.settings),
             *b = std::get_if<BaselineJob>(&after.settings);
  if (!a || !b || !a->validation || !b->validation) return false;
  const std::vector<uint64_t>&seeds = a->validation->seeds, &more = b->validation->seeds;
  const auto is_there = [&](uint64_t seed) { return std::ranges::find(more, seed) != more.end(); };
  BaselineJob grown = *a;
  grown.validation->seeds = more;
  return std::ranges::all_of(seeds, is_there) && before.input_keys == after.input_keys &&
         settings_json(grown) == settings_json(after.settings);
}

}  // namespace

PlanChange change_between(const Plan& before, const Plan& after,
                          const std::function<bool(const std::string&)>& has_result) {
  PlanChange change;
  change.added = labels_without(after, before);
  change.removed = labels_without(before, after);
  std::map<std::string, int64_t> jobs_by_cell;
  std::set<std::string> keys, names;
  for (const Cell& cell : after.cells) {
    jobs_by_cell[cell.name] = cell.job;
    keys.insert(after.jobs[cell.job].key);
  }
  JobComparison comparison(before, after, change.changed_settings);
  for (const Cell& cell : before.cells) {
    names.insert(cell.name);
    const std::string& key = before.jobs[cell.job].key;
    const auto same_name = jobs_by_cell.find(cell.name);
    if (same_name != jobs_by_cell.end() && after.jobs[same_name->second].key == key) continue;
    if (!has_result(key)) continue;
    if (same_name != jobs_by_cell.end()) {
      if (is_screened_on_more(before.jobs[cell.job], after.jobs[same_name->second])) continue;
      change.changed_cells.push_back(cell.name);
      comparison.compare(cell.job, same_name->second);
    } else if (!keys.contains(key)) {
      change.removed_cells.push_back(cell.name);
    }
  }
  change.num_new_cells = std::ranges::count_if(
      after.cells, [&](const Cell& cell) { return !names.contains(cell.name); });
  if (!change.changed_cells.empty() && change.changed_settings.empty()) {
    change.changed_settings.push_back("this version of dovetail computes them otherwise");
  }
  return change;
}

std::string labels_text(const std::map<std::string, std::vector<std::string>>& labels) {
  std::vector<std::string> texts;
  for (const auto& [axis, values] : labels) texts.push_back(axis + " " + join(values, ", "));
  return join(texts, "; ");
}

}  // namespace dovetail
