// SPDX-License-Identifier: Apache-2.0
#include "templates/template_traits.h"

#include <algorithm>
#include <vector>

#include "base/names.h"

namespace dovetail {

namespace {

// MTO's versions of vnat begin with "vs" where the phrase has no sentinel.
bool asks_at_sentinel(const TemplateShape& shape) {
  return shape.has(Slot::mask) || shape.has(Slot::cloze) ||
         (shape.label_place >= 0 && !shape.version.starts_with("vs"));
}

}  // namespace

AnswerStyle answer_style_of(const ParsedTemplate& parsed) {
  const auto masked = std::ranges::count_if(parsed.shapes, asks_at_sentinel);
  if (masked == std::ssize(parsed.shapes)) return AnswerStyle::infill;
  return masked == 0 ? AnswerStyle::continuation : AnswerStyle::mixed;
}

bool states_relation(const ParsedTemplate& parsed) {
  return std::ranges::any_of(parsed.shapes, [](const TemplateShape& shape) {
    return shape.has(Slot::phrase) || shape.has(Slot::verbal) || shape.has(Slot::cloze);
  });
}

std::string parts_without_style(const std::string& parts) {
  std::vector<std::string> kept = split(parts, '-');
  std::erase_if(kept, [](const std::string& part) {
    const bool is_version = part.starts_with("v") && !part.starts_with("vnat");
    return part == "sup" || part == "unsup" || part == "mask" || is_version;
  });
  return join(kept, "-");
}

}  // namespace dovetail
