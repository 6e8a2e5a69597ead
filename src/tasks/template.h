// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tasks/task.h"

namespace dovetail {

// An example as the model will see it. The source is prefix, body and mask, joined by blanks;
// soft tokens go between prefix and body ("before") or between body and mask ("after"),
// as in MTO's PrePT and PostPT families.
struct Rendered {
  std::string prefix;   // "xNeed:"
  std::string body;     // "PersonX goes to the mall"
  std::string mask;     // "<extra_id_0>", or ""
  std::string target;   // "<extra_id_0> to drive there"

  std::string source() const;
};

// MTO's four families (Pouramini and Faili 2024): what differs is whether the relation is said as
// a phrase (Prompting) or only as a tag (Mapping), and whether a sentinel asks for a filling.
struct Template {
  std::string name;          // mapping, masked_mapping, prompting, masked_prompting
  std::string paper_label;   // Mapping, MaskedMapping, ...
  bool phrase = false;
  bool masked = false;
};

const std::vector<Template>& templates();
const Template& find_template(const std::string& name);

Rendered render(const Template& form, const TaskData& task, const std::string& head,
                const std::string& tail);

// What the model wrote, without sentinels and blanks at the ends.
std::string postprocess(const std::string& generated);

}  // namespace dovetail
