// SPDX-License-Identifier: Apache-2.0
#include "jobs/rendered_places.h"

#include <algorithm>

#include "templates/render.h"

namespace dovetail {

namespace {

constexpr size_t kExamplesOfASide = 200;

std::vector<const Example*> first_examples(const TaskData& task) {
  std::vector<const Example*> examples;
  for (const std::vector<Example>* side : {&task.train, &task.test}) {
    for (size_t i = 0; i < std::min(side->size(), kExamplesOfASide); ++i)
      examples.push_back(&(*side)[i]);
  }
  return examples;
}

// Tokens and texts of a source in turn, as the example encoder joins them.
std::vector<SourcePart> parts_of(const Rendered& rendered) {
  std::vector<SourcePart> parts;
  std::string text;
  const auto flush = [&] {
    const std::string bare = without_outer_spaces(text);
    if (!bare.empty()) parts.push_back({.text = bare});
    text.clear();
  };
  for (const Segment& segment : rendered.source) {
    if (!segment.soft) {
      text += segment.text;
      continue;
    }
    flush();
    if (parts.empty() || parts.back().tokens.empty()) parts.push_back({});
    parts.back().tokens.push_back(segment.token.name());
  }
  flush();
  return parts;
}

// Makes inputs of the texts that differ from another source's; false if anything else differs.
bool find_inputs(const std::vector<SourcePart>& other, std::vector<SourcePart>& parts) {
  if (other.size() != parts.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (other[i].tokens != parts[i].tokens) return false;
    if (other[i].text != parts[i].text) parts[i].text.clear();
  }
  return true;
}

}  // namespace

std::vector<SourcePart> rendered_places(const BoundTemplate& tmpl, const TaskData& task,
                                        const Vocabulary& vocabulary) {
  std::vector<SourcePart> parts;
  for (const Example* example : first_examples(task)) {
    const auto found = parts_of(render(tmpl, task, *example, example->references.front()));
    if (parts.empty()) parts = found;
    if (!find_inputs(found, parts)) return {};
  }
  if (std::ranges::count_if(parts, &SourcePart::is_input) != 1) return {};
  for (SourcePart& part : parts) part.ids = vocabulary.encode_with_sentinels(part.text);
  return parts;
}

}  // namespace dovetail
