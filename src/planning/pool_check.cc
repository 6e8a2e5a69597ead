// SPDX-License-Identifier: Apache-2.0
#include "planning/pool_check.h"

#include "base/error.h"
#include "base/hash.h"
#include "jobs/training_subset.h"
#include "objectives/objective.h"
#include "plan/json.h"
#include "tasks/find_pool.h"

namespace dovetail {

std::string pool_fingerprint(const TaskData& task, const PoolRequest& request) {
  if (request.for_labels && (task.layout != Layout::classification || task.labels.size() < 2)) {
    throw_<ConfigError>(
        "task {} has no labels that a model could give to unlabelled examples: exclude it from "
        "the adaptations pcp and self_training",
        task.name);
  }
  const auto subset = [&] {
    const SubsetSettings& labelled = request.labelled;
    return training_subset(task, labelled.train_size, labelled.seed, labelled.validation_examples);
  };
  const bool is_card_or_file = request.from == "card" || request.from == "file";
  const Pool pool = is_card_or_file ? find_pool(task, request.task, request.from, request.file)
                    : request.from == "train" ? rest_of_train(task, subset())
                                              : labelled_as_pool(task, subset());
  choose_pool(task, pool, request.examples);
  if (!is_card_or_file) return "";  // the task's own fingerprint has it
  Json content = Json::array();
  for (const Example& example : pool.examples) content.push_back({example.source, example.fields});
  return content_hash(Json{{"texts", content}, {"labels", pool.answers}}.dump());
}

void check_label_mask(const std::string& objective, const std::string& mask_label) {
  const Objective& found = find_objective(objective);
  if (!found.noise_mask_fn) {
    throw_<ConfigError>(
        "objective \"{}\" draws no mask of tokens, so its labels are masked as it happens: give "
        "mask_label = \"rate\"",
        objective);
  }
  if (mask_label == "never" && found.answer_style == AnswerStyle::continuation) {
    throw_<ConfigError>(
        "objective \"{}\" asks for the end of each text, where the label stands: mask_label = "
        "\"never\" has no meaning with it",
        objective);
  }
}

}  // namespace dovetail
