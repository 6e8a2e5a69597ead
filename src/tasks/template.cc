// SPDX-License-Identifier: Apache-2.0
#include "tasks/template.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

constexpr std::string_view kMask = "<extra_id_0>";
constexpr std::string_view kSource = "{source}";

std::string join_filled(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!joined.empty()) joined += ' ';
    joined += part;
  }
  return joined;
}

std::string insert_head(const std::string& phrase, const std::string& head) {
  const size_t at = phrase.find(kSource);
  if (at == std::string::npos) return head + " " + phrase;
  return phrase.substr(0, at) + head + phrase.substr(at + kSource.size());
}

Rendered fill(const Template& form, const std::string& tag, const std::string& phrase,
              const std::string& head, const std::string& tail) {
  const std::string mask(form.masked ? kMask : "");
  return {.prefix = collapse_blanks(tag.empty() ? "" : tag + ":"),
          .body = collapse_blanks(form.phrase ? insert_head(phrase, head) : head),
          .mask = mask,
          .target = collapse_blanks(mask + " " + tail)};
}

// Length of the sentinel that `text` begins with, or 0.
size_t sentinel_length(std::string_view text) {
  constexpr std::string_view kBegin = "<extra_id_";
  if (!text.starts_with(kBegin)) return 0;
  const size_t end = text.find_first_not_of("0123456789", kBegin.size());
  if (end == std::string_view::npos || end == kBegin.size() || text[end] != '>') return 0;
  return end + 1;
}

}  // namespace

std::string Rendered::source() const { return join_filled({prefix, body, mask}); }

std::string Rendered::source_with_soft_tokens(int64_t count, const std::string& place) const {
  std::string soft;
  for (int64_t i = 0; i < count; ++i) soft += fmt::format("{}<P{}>", i ? " " : "", i);
  if (place == "before") return join_filled({prefix, soft, body, mask});
  if (place == "after") return join_filled({prefix, body, soft, mask});
  throw_<ConfigError>("soft tokens go \"before\" or \"after\" the input, found \"{}\"", place);
}

const std::vector<Template>& templates() {
  static const std::vector<Template> all = {
      {.name = "mapping", .paper_label = "Mapping"},
      {.name = "masked_mapping", .paper_label = "MaskedMapping", .masked = true},
      {.name = "prompting", .paper_label = "Prompting", .phrase = true},
      {.name = "masked_prompting",
       .paper_label = "MaskedPrompting",
       .phrase = true,
       .masked = true},
  };
  return all;
}

const Template& find_template(const std::string& name) {
  std::vector<std::string> known;
  for (const Template& form : templates()) {
    if (form.name == name) return form;
    known.push_back(form.name);
  }
  throw_<ConfigError>("unknown template \"{}\": {}", name, did_you_mean(name, known));
}

Rendered render(const Template& form, const TaskData& task, const std::string& head,
                const std::string& tail) {
  if (task.relations.empty()) return fill(form, task.prefix, task.phrase, head, tail);
  const size_t end = head.find(kRelationEnd);
  const auto relation = task.relations.find(head.substr(0, end));
  DOVETAIL_CHECK(end != std::string::npos && relation != task.relations.end());
  return fill(form, relation->second.prefix, relation->second.phrase,
              head.substr(end + kRelationEnd.size()), tail);
}

std::string postprocess(const std::string& generated) {
  std::string text;
  for (size_t i = 0; i < generated.size();) {
    const size_t length = sentinel_length(std::string_view(generated).substr(i));
    text += length ? ' ' : generated[i];
    i += length ? length : 1;
  }
  return collapse_blanks(text);
}

std::string collapse_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  std::string result;
  bool blank = false;
  for (const char letter : text) {
    if (kBlanks.find(letter) != std::string_view::npos) {
      blank = !result.empty();
      continue;
    }
    if (blank) result += ' ';
    blank = false;
    result += letter;
  }
  return result;
}

}  // namespace dovetail
