// SPDX-License-Identifier: Apache-2.0
#include "store/merged_plan.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"
#include "plan/registration.h"

namespace dovetail {

namespace {

// "/tune/optimizer/learning_rate is 0.01 in a and 0.02 in b"
std::string difference_between(const Json& a, const Json& b, const std::string& name_a,
                               const std::string& name_b) {
  const Json patch = Json::diff(a, b);
  if (patch.empty()) return "";
  const Json::json_pointer place(patch[0].at("path").get<std::string>());
  const auto value = [&](const Json& json) {
    return json.contains(place) ? json.at(place).dump() : "absent";
  };
  return fmt::format("{} is {} in {} and {} in {}", place.to_string(), value(a), name_a, value(b),
                     name_b);
}

// Where the settings of two jobs differ, or those of their inputs.
std::string difference_of_jobs(const Plan& plan_a, int64_t a, const Plan& plan_b, int64_t b,
                               const std::string& name_a, const std::string& name_b) {
  const Job &job_a = plan_a.jobs.at(a), &job_b = plan_b.jobs.at(b);
  std::string found = difference_between(settings_json(job_a.settings),
                                         settings_json(job_b.settings), name_a, name_b);
  for (size_t i = 0; found.empty() && i < std::min(job_a.inputs.size(), job_b.inputs.size()); ++i)
    found = difference_of_jobs(plan_a, job_a.inputs[i], plan_b, job_b.inputs[i], name_a, name_b);
  return found;
}

// The settings of a job and of all that it needs, but for seeds, which the axis seed names.
Json settings_upstream(const Plan& plan, int64_t index) {
  const Job& job = plan.jobs.at(index);
  Json settings = settings_json(job.settings);
  if (settings.is_object()) settings.erase("seed");
  for (Json& part : settings) {
    if (part.is_object()) part.erase("seed");
  }
  Json all = Json::array({std::move(settings)});
  for (const int64_t input : job.inputs) all.push_back(settings_upstream(plan, input));
  return all;
}

bool has_axis(const Plan& plan, const char* axis) {
  const auto labels = plan.axis_labels.find(axis);
  return labels != plan.axis_labels.end() && !labels->second.empty();
}

std::string renamed(const std::string& name, const std::string& sweep, const std::string& merged) {
  return name.starts_with(sweep + "/") ? merged + name.substr(sweep.size()) : name;
}

template <typename T>
void add_new(std::vector<T>& all, const std::vector<T>& more) {
  for (const T& one : more) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
}

template <typename Map>
void add_new(Map& all, const Map& more) {
  all.insert(more.begin(), more.end());
}

// The text of the merged sweep is the first one's, which TOML still reads; others stand below it.
std::string commented(const std::string& name, const std::string& text) {
  std::string lines = fmt::format("\n# merged with the sweep of {}:\n# ", name);
  for (const char c : text) lines += c == '\n' ? "\n# " : std::string(1, c);
  return lines + "\n";
}

}  // namespace

void MergeConflicts::add(const std::function<std::string()>& sentence) {
  constexpr int64_t kShown = 20;
  if (count_++ < kShown) shown_.push_back(sentence());
}

std::string MergeConflicts::text() const {
  std::string text = join(shown_, "\n");
  const int64_t more = count_ - std::ssize(shown_);
  return more > 0 ? text + fmt::format("\nand {} more", more) : text;
}

PlanMerger::PlanMerger(std::string name, const Plan& first, bool first_wins,
                       MergeConflicts& conflicts)
    : first_name_(std::move(name)),
      first_wins_(first_wins),
      conflicts_(conflicts),
      merged_(first),
      meanings_(meanings_of(first)) {
  for (size_t i = 0; i < first.jobs.size(); ++i)
    jobs_.emplace(first.jobs[i].key, static_cast<int64_t>(i));
  for (size_t i = 0; i < first.cells.size(); ++i)
    cells_[{first.cells[i].coordinates, first.cells[i].baseline}] = {i, first_name_};
  for (size_t i = 0; i < first.probes.size(); ++i)
    probes_[{first.probes[i].coordinates, first.probes[i].baseline}] = {i, first_name_};
}

void PlanMerger::add(const std::string& name, const Plan& plan) {
  check_axes(name, plan);
  check_meanings(name, plan);
  add_cells(name, plan, &Plan::cells, cells_);
  add_cells(name, plan, &Plan::probes, probes_);
  add_facts(name, plan);
}

PlanMerger::Meanings PlanMerger::meanings_of(const Plan& plan) {
  Meanings meanings;
  std::set<std::pair<std::string, int64_t>> seen;  // inputs of an objective
  for (const Cell& cell : plan.cells) {
    const Job& job = plan.jobs.at(cell.job);
    if (!std::holds_alternative<TuneJob>(job.settings)) continue;
    const Json settings = settings_json(job.settings);
    const auto note = [&](AxisIndex axis, const Json& meaning) {
      meanings[fmt::format("{} {}", kAxes[axis], cell.coordinates[axis])].insert(meaning.dump());
    };
    note(kTask, settings.at("task"));
    note(kTemplate, settings.at("template"));
    note(kTuning, {{"tuning", settings.at("tuning")}, {"tune", settings.at("tune")}});
    note(kTrainSize, settings.at("train_size"));
    meanings["the evaluation"].insert(settings.at("evaluate").dump());
    const std::string start =
        fmt::format("objective {} with adaptation {}", cell.coordinates[kObjective],
                    cell.coordinates[kAdaptation]);
    for (const int64_t input : job.inputs) {
      if (seen.emplace(start, input).second)
        meanings[start + ": " + to_string(plan.jobs.at(input).kind)].insert(
            settings_upstream(plan, input).dump());
    }
  }
  return meanings;
}

void PlanMerger::check_axes(const std::string& name, const Plan& plan) {
  for (const char* axis : kAxes) {
    const bool here = has_axis(merged_, axis), there = has_axis(plan, axis);
    if (here == there) continue;
    conflicts_.add([&] {
      return fmt::format("{} has the axis {} and {} has not; a sweep file gives it one label",
                         here ? first_name_ : name, axis, here ? name : first_name_);
    });
  }
}

void PlanMerger::check_meanings(const std::string& name, const Plan& plan) {
  if (plan.sweep_hash == merged_.sweep_hash) return;
  for (auto& [label, there] : meanings_of(plan)) {
    std::set<std::string>& here = meanings_[label];
    const bool agree = here.empty() || std::ranges::any_of(there, [&](const std::string& meaning) {
                         return here.contains(meaning);
                       });
    if (!agree) {
      conflicts_.add([&, &label = label, &there = there] {
        return fmt::format("{} is set in two ways: {}", label,
                           difference_between(Json::parse(*here.begin()),
                                              Json::parse(*there.begin()), first_name_, name));
      });
    }
    here.insert(there.begin(), there.end());
  }
}

void PlanMerger::add_cells(const std::string& name, const Plan& plan, std::vector<Cell> Plan::*list,
                           std::map<Point, Place>& places) {
  std::vector<Cell>& merged = merged_.*list;
  for (const Cell& cell : plan.*list) {
    const auto [known, is_new] =
        places.try_emplace({cell.coordinates, cell.baseline}, Place{merged.size(), name});
    if (is_new) {
      merged.push_back(cell);
      merged.back().name = renamed(cell.name, plan.sweep_name, merged_.sweep_name);
      merged.back().job = add_job(plan, cell.job);
      continue;
    }
    const Place& place = known->second;
    const int64_t job = merged[place.cell].job;
    if (merged_.jobs.at(job).key == plan.jobs.at(cell.job).key) continue;
    if (first_wins_ && place.folder == first_name_) continue;
    conflicts_.add([&] {
      return fmt::format("{} is computed otherwise in {} than in {}: {}", cell.name, name,
                         place.folder,
                         difference_of_jobs(merged_, job, plan, cell.job, place.folder, name));
    });
  }
}

int64_t PlanMerger::add_job(const Plan& plan, int64_t index) {
  const Job& job = plan.jobs.at(index);
  const auto known = jobs_.find(job.key);
  if (known != jobs_.end()) return known->second;
  Job copy = job;
  for (int64_t& input : copy.inputs) input = add_job(plan, input);
  merged_.jobs.push_back(std::move(copy));
  return jobs_[job.key] = std::ssize(merged_.jobs) - 1;
}

void PlanMerger::add_facts(const std::string& name, const Plan& plan) {
  for (const auto& [axis, labels] : plan.axis_labels) add_new(merged_.axis_labels[axis], labels);
  add_new(merged_.metrics, plan.metrics);
  add_new(merged_.metric_traits, plan.metric_traits);
  add_new(merged_.primary_metrics, plan.primary_metrics);
  add_new(merged_.task_facts, plan.task_facts);
  for (const auto& [axis, traits] : plan.traits) add_new(merged_.traits[axis], traits);
  for (const auto& [kind, sources] : plan.sources) add_new(merged_.sources[kind], sources);
  add_new(merged_.strata, plan.strata);
  add_new(merged_.notes, plan.notes);
  for (const Claim& claim : plan.claims) {
    const bool is_known = std::ranges::any_of(merged_.claims, [&](const Claim& other) {
      return registration_hash(other) == registration_hash(claim);
    });
    if (!is_known) merged_.claims.push_back(claim);
  }
  if (plan.sweep_hash == merged_.sweep_hash) return;
  merged_.sweep_text += commented(name, plan.sweep_text);
  merged_.sweep_hash = content_hash(merged_.sweep_hash + "\n" + plan.sweep_hash);
}

}  // namespace dovetail
