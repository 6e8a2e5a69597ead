// SPDX-License-Identifier: Apache-2.0
#include "jobs/training_subset.h"

namespace dovetail {

std::shared_ptr<const TaskData> load_task(const Job& job, const TaskSource& source,
                                          Artefacts& artefacts) {
  const std::string& card = job.locations.task;
  return artefacts.task(card.empty() ? source.name : card, source.fingerprint);
}

Subset training_subset(const TaskData& task, const TrainSizeSettings& size, uint64_t seed,
                       int64_t validation_examples) {
  return choose_subset(task, {.per_class = size.per_class,
                              .examples = size.examples,
                              .fraction = size.fraction,
                              .references = size.references,
                              .validation_examples = validation_examples,
                              .seed = seed,
                              .own_validation = true});
}

std::vector<const Example*> validation_examples_of(const TaskData& task, const Subset& subset) {
  const std::vector<Example>& from = subset.own_validation ? task.validation : task.train;
  std::vector<const Example*> examples;
  for (const int64_t index : subset.validation) examples.push_back(&from[index]);
  return examples;
}

}  // namespace dovetail
