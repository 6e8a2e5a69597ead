// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "templates/template.h"

namespace dovetail {

// The shape that the template's rule gives the example. It depends on the task and the example
// alone, never on earlier examples. DataError for a field "group" other than Filling or Mapping.
const TemplateShape& shape_for(const BoundTemplate& tmpl, const TaskData& task,
                               const Example& example);

// Whether the relation is in MTO's list of relations whose answer fills a gap in a sentence (class
// Atomic, temp_flex). MTO's hand-made groups for its classifier are another list:
// data/relation_groups/mto.toml.
bool is_filling_relation(const std::string& relation);

// The phrase of the shape's version of vnat ("vnat" for a shape without a version). verbal_phrase
// throws ConfigError where the verbalizer lacks it.
std::optional<std::string> verbal_phrase_or_none(const Verbalizer& question,
                                                 const TemplateShape& shape);
std::string verbal_phrase(const Verbalizer& question, const TemplateShape& shape);

// The parts of vnat's target. `labels` has true for the label and false for the answer's text, in
// order; `masked` puts a sentinel before each. The last of n sentinels in the phrase belongs to the
// label, unless the label is left out (place 0).
struct TargetParts {
  bool masked = false;
  std::vector<bool> labels;
};
TargetParts target_parts(const Verbalizer& question, const TemplateShape& shape);

// The phrase as a target repeats it: with the head in place of {source}, else unchanged.
std::string target_phrase(const std::string& phrase, const std::string& head);

}  // namespace dovetail
