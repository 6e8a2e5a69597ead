// SPDX-License-Identifier: Apache-2.0
#include "templates/shape_choice.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"

namespace dovetail {

bool is_filling_relation(const std::string& relation) {
  static const std::set<std::string> filling = {
      "ObjectUse",  "AtLocation", "MadeUpOf", "HasProperty", "CapableOf", "Desires",
      "NotDesires", "xAttr",      "xReact",   "oReact",      "isFilledBy"};
  return filling.contains(relation);
}

namespace {

bool is_filling_group(const TaskData& task, const Example& example) {
  const auto group = example.fields.find("group");
  if (group == example.fields.end())
    return is_filling_relation(relation_of(task, nullptr, example).key);
  if (group->second == "Filling" || group->second == "Mapping") return group->second == "Filling";
  throw_<DataError>("task {}: an example's group must be Filling or Mapping, found \"{}\"",
                    task.name, group->second);
}

// MTO's rule (class QA, temp_len). Words are separated by whitespace.
bool is_short_question(const TaskData& task, const Example& example) {
  const std::vector<std::string>& choices = choices_of(task, example);
  if (choices.empty() || example.source.find('?') == std::string::npos) return false;
  int64_t words = 0;
  for (const std::string& choice : choices) {
    words += static_cast<int64_t>(split(collapse_whitespace(choice), ' ').size());
  }
  return words < 4 * static_cast<int64_t>(choices.size());
}

int64_t count_of(const std::string& text, std::string_view wanted) {
  int64_t count = 0;
  for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1))
    ++count;
  return count;
}

}  // namespace

const TemplateShape& shape_for(const BoundTemplate& tmpl, const TaskData& task,
                               const Example& example) {
  bool filling = true;
  switch (tmpl.rule) {
    case TemplateRule::none: return tmpl.shapes.front();
    case TemplateRule::mixed: filling = is_filling_group(task, example); break;
    case TemplateRule::flex:
      filling = is_filling_relation(relation_of(task, nullptr, example).key);
      break;
    case TemplateRule::length: filling = is_short_question(task, example); break;
  }
  return tmpl.shapes.at(filling ? 0 : 1);
}

std::optional<std::string> verbal_phrase_or_none(const Verbalizer& question,
                                                 const TemplateShape& shape) {
  const auto found = question.phrases.find(shape.version.empty() ? "vnat" : shape.version);
  if (found == question.phrases.end()) return std::nullopt;
  return found->second;
}

std::string verbal_phrase(const Verbalizer& question, const TemplateShape& shape) {
  return question.phrase(shape.version.empty() ? "vnat" : shape.version);
}

TargetParts target_parts(const Verbalizer& question, const TemplateShape& shape) {
  const std::string phrase = verbal_phrase(question, shape);
  const int64_t masks = count_of(phrase, "[MASK]"), answers = count_of(phrase, "{ans}");
  TargetParts parts{.masked = masks > 0, .labels = {}};
  const int place = shape.label_place;
  const bool alone = place == 100;
  const int64_t texts = alone ? 0 : masks == 0 ? answers : place == 0 ? masks : masks - 1;
  parts.labels.assign(texts, false);
  if (place == 0) return parts;
  const int64_t at = place == 10 || place > texts ? texts : place - 1;
  parts.labels.insert(parts.labels.begin() + at, true);
  return parts;
}

std::string target_phrase(const std::string& phrase, const std::string& head) {
  constexpr std::string_view kSource = "{source}";
  const size_t at = phrase.find(kSource);
  if (at == std::string::npos) return phrase;
  return phrase.substr(0, at) + head + phrase.substr(at + kSource.size());
}

}  // namespace dovetail
