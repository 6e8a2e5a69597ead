// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sweep/cost.h"
#include "sweep/make_plan.h"

namespace dovetail {

// One point of the grid, by kAxes; null where an axis does not apply.
using GridPoint = std::array<const AxisValue*, kAxes.size()>;

// Of a value that is a choice: its name and parameters, without what else it holds.
inline Json choice_of(const AxisValue& value) {
  return {{"name", value.settings.at("name")}, {"parameters", value.settings.at("parameters")}};
}
// Where a task's data come from: its card, or its name in the catalogue.
inline std::string source_of(const AxisValue& task) {
  return task.settings.value("card", task.settings.at("name").get<std::string>());
}
inline bool is_named(const AxisValue& value, const char* name) {
  return value.settings.at("name") == name;
}

// Makes the jobs of a sweep: their settings (which training reads), keys, inputs and costs. Equal
// jobs are one job, under the name that was asked for first. Every function returns an index.
class JobGraph {
 public:
  JobGraph(const Sweep& sweep, const Fingerprints& fingerprints);

  int64_t pretrain(const AxisValue& objective, int64_t seed);
  int64_t tune(const GridPoint& point, const std::string& name);
  int64_t most_frequent(const GridPoint& point, const std::string& name);
  int64_t copy(const GridPoint& point, const std::string& name);
  int64_t untuned(const GridPoint& point, const std::string& name);

  // `kind`: zero_shot, shots or race.
  int64_t probe(const GridPoint& point, const std::string& kind, const std::string& name);

  int64_t filling(const GridPoint& point, const std::string& name);

  // ConfigError for a metric that no task of the sweep can have.
  void refuse_unmeasured();

  std::vector<Job> take() { return std::move(jobs_); }

 private:
  int64_t add(Job job);
  int64_t tokenizer();
  Json texts(const std::vector<std::string>& names, Job& job);
  // The model, objective, adaptation, template and inputs of a job that starts from a model.
  void start_from(const GridPoint& point, Job& job);
  void start_from_base(const AxisValue& objective, Job& job);
  int64_t adapt(const AxisValue& objective, const AxisValue& adaptation);
  void continue_objective(const AxisValue& objective, Job& job);
  // Sentences cut, and where a model has to say so, grouped.
  int64_t label(const AxisValue& objective, const AxisValue& adaptation);
  // A model that a graph's triples have taught to split or to group sentences.
  // `without`: a relation that it does not see; "": all.
  int64_t teach(const std::string& lesson, const AxisValue& objective, const AdaptSettings& adapt,
                const std::string& without = "");
  void note_metrics(const AxisValue& task);
  void check_data(const GridPoint& point, const TuneSettings& tune);
  void check_size(const std::string& task, const AxisValue& size, int64_t validation_examples,
                  const AxisValue& seed);
  void set_task(const AxisValue& task, Job& job);
  void set_template(const GridPoint& point, Job& job);
  void set_tuning(const AxisValue& tuning, Job& job);
  void refuse_unfit(const GridPoint& point) const;
  ModelSize size_of(const AxisValue& objective) const;
  // Computed once for each thing; a failure gets the place in the sweep file in front.
  const std::string& fingerprint(const std::string& thing, const AxisValue* value,
                                 const std::function<std::string()>& compute);
  // The same for what is only to be tried.
  void check_once(const std::string& thing, const AxisValue& value,
                  const std::function<void()>& check);

  const Sweep& sweep_;
  const Fingerprints& fingerprints_;
  std::vector<Job> jobs_;
  std::map<std::string, int64_t> by_key_;
  std::map<std::string, std::string> known_fingerprints_;
  std::set<std::string> measured_;  // metrics that some task can have
};

}  // namespace dovetail
