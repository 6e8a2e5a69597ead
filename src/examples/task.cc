// SPDX-License-Identifier: Apache-2.0
#include "examples/task.h"

namespace dovetail {

const std::vector<std::string>& choices_of(const TaskData& data, const Example& example) {
  return example.choices.empty() ? data.labels : example.choices;
}

}  // namespace dovetail
