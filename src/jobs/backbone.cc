// SPDX-License-Identifier: Apache-2.0
// What a job begins with: model, vocabulary, task and the part of it that is trained on.
#include "base/error.h"
#include "examples/subset.h"
#include "jobs/pretrain.h"
#include "jobs/tune.h"

namespace dovetail {

Backbone load_folder(const std::filesystem::path& folder, Artefacts& artefacts) {
  const auto checkpoint = artefacts.checkpoint(folder);
  return {artefacts.vocabulary(folder),
          T5Model(checkpoint->config,
                  clone_weights(checkpoint->config, checkpoint->weights, artefacts.device()))};
}

Backbone load_backbone(const Job& job, Artefacts& artefacts) {
  const auto objective = job.settings.at("objective").get<ChoiceSettings>();
  if (job.settings.contains("adaptation"))
    return load_folder(artefacts.folder(job.input_keys.at(0)), artefacts);
  if (objective.name == "none") {
    const auto vocabulary = artefacts.vocabulary(artefacts.folder(job.input_keys.at(0)));
    const T5Config config = config_for(job.settings.at("model"), *vocabulary);
    const auto seed = job.settings.at("seed").get<uint64_t>();
    return {vocabulary, T5Model(config, clone_weights(config, random_weights(config, seed),
                                                      artefacts.device()))};
  }
  const std::filesystem::path folder = objective.name == "checkpoint"
                                           ? job.locations.at("checkpoint").get<std::string>()
                                           : artefacts.folder(job.input_keys.at(1)).string();
  return load_folder(folder, artefacts);
}

std::shared_ptr<const TaskData> load_task(const Job& job, Artefacts& artefacts) {
  const Json& task = job.settings.at("task");
  const std::string name = job.locations.value("task", task.at("name").get<std::string>());
  return artefacts.task(name, task.at("fingerprint").get<std::string>());
}

Subset subset_for(const Job& job, const TaskData& task, int64_t validation_examples) {
  const auto size = job.settings.at("train_size").get<TrainSizeSettings>();
  return choose_subset(task, {.per_class = size.per_class,
                              .heads = size.heads,
                              .fraction = size.fraction,
                              .tails = size.tails,
                              .validation_examples = validation_examples,
                              .seed = job.settings.at("seed").get<uint64_t>(),
                              .own_validation = true});
}

}  // namespace dovetail
