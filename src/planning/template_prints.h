// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "examples/task.h"
#include "templates/template.h"

namespace dovetail {

// What the templates of a sweep print for the first examples of a task.
class TemplatePrints {
 public:
  // `name` stands for the template in the notes.
  void add(const std::string& name, const BoundTemplate& tmpl, const TaskData& data);

  // Sentences: templates that print the same, which makes one choice count as several, and
  // verbalizers that cannot serve the task.
  std::vector<std::string> notes() const;

 private:
  std::map<std::string, std::set<std::string>> names_by_print_;
  std::set<std::string> idle_verbalizers_;
};

}  // namespace dovetail
