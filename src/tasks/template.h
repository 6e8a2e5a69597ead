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
  std::string prefix;  // "xNeed:"
  std::string body;    // "PersonX goes to the mall"
  std::string mask;    // "<extra_id_0>", or ""
  std::string target;  // "<extra_id_0> to drive there"

  std::string source() const;
  // For looking at: the soft tokens as <P0> <P1> ... where `place` ("before" or "after") puts them.
  std::string source_with_soft_tokens(int64_t count, const std::string& place) const;
};

// MTO's four families (Pouramini and Faili 2024): what differs is whether the relation is said as
// a phrase (Prompting) or only as a tag (Mapping), and whether a sentinel asks for a filling. The
// target has no closing sentinel.
//
//   mapping           xNeed: PersonX goes to the mall                -> to drive there
//   masked_mapping    xNeed: PersonX goes to the mall <extra_id_0>   -> <extra_id_0> to drive there
//   prompting         xNeed: But before PersonX goes to the mall, PersonX needed -> to drive there
//   masked_prompting  the same with both sentinels
struct Template {
  std::string name;         // mapping, masked_mapping, prompting, masked_prompting
  std::string paper_label;  // Mapping, MaskedMapping, ...
  bool phrase = false;
  bool masked = false;
};

const std::vector<Template>& templates();
const Template& find_template(const std::string& name);

// A phrase with {source} in it takes the head there, any other follows the head. Runs of blanks
// collapse. In a task of several relations the head says its own: "xNeed: PersonX goes".
Rendered render(const Template& form, const TaskData& task, const std::string& head,
                const std::string& tail);

// What the model wrote, without sentinels; runs of blanks are one blank, none at the ends.
std::string postprocess(const std::string& generated);

// Runs of blanks (tabs and line ends too) as one blank, none at the ends.
std::string collapse_blanks(std::string_view text);

}  // namespace dovetail
