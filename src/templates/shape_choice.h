// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "templates/template.h"

namespace dovetail {

// The shape that the template's rule gives the example. It depends on nothing but the two.
const TemplateShape& shape_for(const BoundTemplate& form, const TaskData& task,
                               const Example& example);

// MTO's list (class Atomic, temp_flex) of relations whose answer fills a gap in a sentence. Their
// hand-made groups for the classifier are another list: data/relation_groups/mto.toml.
bool is_filling_relation(const std::string& relation);

// The phrase that the shape's vnat says; of a shape without a version that of "vnat".
std::optional<std::string> verbal_phrase_or_none(const Verbalizer& question,
                                                 const TemplateShape& shape);
std::string verbal_phrase(const Verbalizer& question, const TemplateShape& shape);

// What vnat's target is made of, in order: true for the label, false for the answer's text; masked
// when a sentinel stands before each. Of n sentinels in the phrase the last is the label's, unless
// the label is left out (place 0).
struct TargetParts {
  bool masked = false;
  std::vector<bool> labels;
};
TargetParts target_parts(const Verbalizer& question, const TemplateShape& shape);

// The phrase as a target says it: with the head in it, or after it alone.
std::string target_phrase(const std::string& phrase, const std::string& head);

}  // namespace dovetail
