// SPDX-License-Identifier: Apache-2.0
#include "tasks/find_pool.h"

#include "base/error.h"
#include "cards/card_pool.h"
#include "tasks/adaptation_tasks.h"

namespace dovetail {

Pool find_pool(const TaskData& task, const std::string& name_or_card, const std::string& from,
               const std::string& file) {
  if (from == "file") return read_pool_lines(file, task);
  const bool is_card = !is_adaptation_task(name_or_card) &&
                       name_or_card.substr(0, name_or_card.find('#')).ends_with(".toml");
  if (is_card) return load_card_pool(name_or_card);
  throw_<ConfigError>(
      "task {} is of the catalogue, which has no pools: name one in [adapt], such as pool = "
      "\"train\" or a file of unlabelled texts",
      task.name);
}

}  // namespace dovetail
