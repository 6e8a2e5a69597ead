// SPDX-License-Identifier: Apache-2.0
#include "jobs/baseline.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "examples/subset.h"
#include "jobs/evaluate.h"
#include "jobs/tune.h"

namespace dovetail {

namespace {

std::string most_frequent_tail(const TaskData& task, const Subset& subset) {
  std::map<std::string, int64_t> counts;  // ordered: of equal counts the first by spelling wins
  for (int64_t head : subset.heads) {
    const auto& references = task.train[head].references;
    const size_t kept =
        subset.tails > 0 ? std::min<size_t>(subset.tails, references.size()) : references.size();
    for (size_t i = 0; i < kept; ++i) ++counts[references[i]];
  }
  const auto best =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == counts.end() ? "" : best->first;
}

std::string without_sense_note(const std::string& head) {
  const size_t open = head.rfind(" (");
  return head.ends_with(")") && open != std::string::npos && open > 0 ? head.substr(0, open) : head;
}

void untuned(const Job& job, const TaskData& task, Artefacts& artefacts, Record& record) {
  Backbone backbone = load_backbone(job, artefacts);
  const auto method = find_tuning("full").make(backbone.model, {}, 0);
  const TuneSettings lengths = job.settings.value("tune", Json(TuneSettings{})).get<TuneSettings>();
  const ExampleEncoder maker{task,
                             template_of(job.settings),
                             *backbone.vocabulary,
                             {},
                             backbone.model.config().vocab_size,
                             lengths.max_source_length,
                             lengths.max_target_length};
  evaluate(backbone.model, *method, maker, job.settings.at("evaluate").get<EvaluateSettings>(),
           record);
}

}  // namespace

void run_baseline(const Job& job, Artefacts& artefacts, Record& record) {
  const auto task = load_task(job, artefacts);
  const std::string baseline = job.settings.at("baseline").get<std::string>();
  if (baseline == "untuned") return untuned(job, *task, artefacts, record);
  const auto settings = job.settings.at("evaluate").get<EvaluateSettings>();
  const std::vector<int64_t> test = choose_test(*task, settings.test_examples);
  std::vector<std::string> predictions;
  if (baseline == "most_frequent") {
    predictions.assign(
        test.size(),
        most_frequent_tail(*task,
                           subset_for(job, *task, job.settings.value("validation_examples", 0))));
  } else if (baseline == "copy") {
    for (int64_t index : test) predictions.push_back(without_sense_note(task->test[index].source));
  } else {
    throw_<ConfigError>("unknown baseline \"{}\"; known: most_frequent, copy, untuned", baseline);
  }
  score_predictions(*task, test, predictions, settings.metrics, record);
}

}  // namespace dovetail
