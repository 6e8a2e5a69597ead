// SPDX-License-Identifier: Apache-2.0
#include "planning/template_prints.h"

#include <algorithm>

#include "base/names.h"
#include "templates/render.h"

namespace dovetail {

namespace {

constexpr size_t kCompared = 20;

// With soft tokens where the template has places for them.
std::string print_of(const BoundTemplate& tmpl, const TaskData& data) {
  constexpr int64_t kTokens = 5;
  const BoundTemplate form =
      needs_soft_tokens(tmpl) ? with_soft_tokens(tmpl, {.length = kTokens}) : tmpl;
  std::string print;
  for (size_t i = 0; i < std::min(kCompared, data.train.size()); ++i) {
    const Example& example = data.train[i];
    const Rendered rendered = render(form, data, example, example.references.front());
    print += rendered.source_text() + "\n" + rendered.target + "\n";
  }
  return print;
}

std::string layout_of_verbalizers(Layout layout) {
  if (layout == Layout::question) return "question";
  return layout == Layout::classification ? "classification" : "relation";
}

}  // namespace

void TemplatePrints::add(const std::string& name, const BoundTemplate& tmpl, const TaskData& data) {
  names_by_print_[print_of(tmpl, data)].insert(name);
  const Verbalizer* own = tmpl.verbalizer.get();
  if (!own || own->layout == layout_of_verbalizers(data.layout)) return;
  idle_verbalizers_.insert(fmt::format(
      "the verbalizer {} of template {} is for tasks of layout {} and says nothing here", own->name,
      tmpl.name, own->layout));
}

std::vector<std::string> TemplatePrints::notes() const {
  std::vector<std::string> notes(idle_verbalizers_.begin(), idle_verbalizers_.end());
  for (const auto& [print, names] : names_by_print_) {
    if (names.size() < 2) continue;
    const std::vector<std::string> listed(names.begin(), names.end());
    notes.push_back(fmt::format("templates {} print the same, so they are one choice and not {}",
                                join(listed, " and "), names.size()));
  }
  return notes;
}

}  // namespace dovetail
