// SPDX-License-Identifier: Apache-2.0
#include "cards/example_importer.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "cards/special_text.h"
#include "tables/delimited.h"

namespace dovetail {

namespace {

constexpr char kBetween = '\x1f';  // the unit separator

// A fact belongs to a question, but does not distinguish it from another one.
bool identifies(const std::string& field) { return field != "fact"; }

std::string in_quotes(const std::string& text) {
  constexpr size_t kShown = 60;
  if (text.size() <= kShown) return fmt::format("\"{}\"", text);
  const auto is_inside = [&](size_t at) { return (text[at] & 0xc0) == 0x80; };
  size_t end = kShown;
  while (end > 0 && is_inside(end)) --end;  // half a character would be neither UTF-8 nor JSON
  return fmt::format("\"{}...\"", text.substr(0, end));
}

bool has_twice(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) != texts.end();
}

// JSON can encode a NUL, and tokenizers cannot use it.
bool has_nul(const Draft& draft) {
  const auto nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  return nul(draft.source) || std::any_of(draft.targets.begin(), draft.targets.end(), nul) ||
         std::any_of(draft.choices.begin(), draft.choices.end(), nul);
}

bool spells_any_special_token(const Draft& draft) {
  const auto spells = [](const std::string& text) { return spells_special_token(text); };
  return spells(draft.source) || std::ranges::any_of(draft.targets, spells) ||
         std::ranges::any_of(draft.choices, spells) ||
         std::ranges::any_of(draft.fields, [&](const auto& field) { return spells(field.second); });
}

}  // namespace

std::string source_key(const Example& example) {
  std::string key = example.source;
  for (const auto& [name, text] : example.fields) {
    if (identifies(name)) key += kBetween + text;
  }
  return key;
}

std::string leak_key(const Example& example) {
  std::string key = source_key(example);
  std::vector<std::string> choices = example.choices;
  std::sort(choices.begin(), choices.end());
  for (const std::string& choice : choices) key += kBetween + choice;
  return key;
}

ExampleImporter::ExampleImporter(const RowRules& rules, const std::filesystem::path& file,
                                 const std::string& split, DataReport& report)
    : rules_(rules), name_(file.string()), report_(report) {
  counts_.file = file.filename().string();
  counts_.split = split;
}

bool ExampleImporter::begin(int64_t line, std::string_view raw) {
  line_ = line;
  if (trim(raw).empty()) {
    ++counts_.blank_lines;
    return false;
  }
  ++counts_.rows;
  if (raw.size() > kMaxRowBytes) {
    bad("too_long", fmt::format("the row has {} bytes, more than {}", raw.size(), kMaxRowBytes));
    return false;
  }
  if (!is_valid_utf8(raw)) {
    bad("invalid_utf8", "this is not UTF-8; the card's key encoding names another one");
    return false;
  }
  return true;
}

void ExampleImporter::note(const std::string& what) {
  if (report_.problems.size() >= kMaxProblems) return;
  report_.problems.push_back(fmt::format("{}:{}: {}", name_, line_, what));
}

void ExampleImporter::bad(const std::string& what_class, const std::string& what) {
  ++counts_.bad[what_class];
  note(what);
}

// Collapses whitespace and removes empty fields. Returns false for a bad row.
bool ExampleImporter::clean(Draft& draft) {
  draft.source = collapse_whitespace(draft.source);
  draft.answer = collapse_whitespace(draft.answer);
  for (auto* texts : {&draft.targets, &draft.choices}) {
    for (std::string& text : *texts) text = collapse_whitespace(text);
  }
  for (auto& [name, text] : draft.fields) text = collapse_whitespace(text);
  std::erase_if(draft.fields, [](const auto& field) { return field.second.empty(); });
  if (has_nul(draft)) {
    bad("invalid_utf8", "a text has a NUL in it");
    return false;
  }
  if (draft.source.empty()) {
    bad("empty_sources",
        rules_.layout == Layout::relation ? "the head is empty" : "the source is empty");
    return false;
  }
  return true;
}

void ExampleImporter::add(Draft draft) {
  if (!clean(draft)) return;
  if (draft.strata.empty()) draft.strata = strata_;
  if (spells_any_special_token(draft)) special_lines_.push_back(line_);
  switch (rules_.layout) {
    case Layout::relation:
    case Layout::text: return add_references(draft);
    case Layout::question: return add_question(draft);
    case Layout::classification: return add_labelled(draft);
    case Layout::conversation: return add_conversation(draft);
  }
}

void ExampleImporter::add_references(Draft& draft) {
  const bool is_relation = rules_.layout == Layout::relation;
  std::erase(draft.targets, "");
  if (draft.targets.empty()) {
    return bad("empty_targets", is_relation ? "the tail is empty" : "the target is empty");
  }
  std::erase_if(draft.targets, [&](const std::string& target) { return is_dropped(target); });
  if (draft.targets.empty()) return leave_out("dropped_targets");
  std::erase_if(draft.targets, [&](const std::string& target) { return is_too_long(target); });
  if (draft.targets.empty()) return leave_out("long_answers");
  Example example{
      .source = draft.source, .references = {}, .fields = draft.fields, .strata = draft.strata};
  std::vector<std::string> targets = draft.targets;
  const std::string source = source_key(example);
  const auto is_known = [&](const std::string& target) {
    return !seen_.insert(source + kBetween + kBetween + target).second;
  };
  std::erase_if(draft.targets, is_known);
  if (draft.targets.empty()) ++counts_.duplicates;
  if (draft.targets.empty() && !rules_.keep_duplicates) return;
  ++counts_.kept;
  if (draft.targets.empty()) {  // kept as an example of its own, so that it counts twice
    example.references = std::move(targets);
    return push(std::move(example));
  }
  for (std::string& target : draft.targets) add_reference(example, std::move(target));
}

void ExampleImporter::add_reference(Example example, std::string target) {
  const auto [found, is_new] = index_.try_emplace(source_key(example), rows_.examples.size());
  if (is_new) push(std::move(example));
  rows_.examples[found->second].references.push_back(std::move(target));
}

void ExampleImporter::add_question(Draft& draft) {
  const std::vector<std::string>& names =
      draft.choice_labels.empty() ? draft.choices : draft.choice_labels;
  if (draft.choices.size() < 2) {
    return bad("too_few_choices",
               fmt::format("a question needs two choices, found {}", draft.choices.size()));
  }
  DOVETAIL_CHECK_EQ(names.size(), draft.choices.size());
  if (std::find(draft.choices.begin(), draft.choices.end(), "") != draft.choices.end()) {
    return bad("empty_choices", "a choice is empty");
  }
  if (has_twice(draft.choices)) return bad("duplicate_choices", "two choices are the same text");
  const auto found = std::find(names.begin(), names.end(), draft.answer);
  if (found == names.end()) {
    return bad("answers_outside", fmt::format("the answer {} is none of the choices {}",
                                              in_quotes(draft.answer), join(names, ", ")));
  }
  const int64_t answer = found - names.begin();
  if (is_dropped(draft.choices[answer])) return leave_out("dropped_targets");
  add_single({.source = std::move(draft.source),
              .references = {draft.choices[answer]},
              .choices = std::move(draft.choices),
              .answer = answer,
              .fields = std::move(draft.fields),
              .strata = std::move(draft.strata)});
}

void ExampleImporter::add_labelled(Draft& draft) {
  if (draft.answer.empty()) return bad("empty_targets", "the label is empty");
  if (is_dropped(draft.answer)) return leave_out("dropped_targets");
  std::string word = draft.answer;
  int64_t answer = -1;
  if (!rules_.labels.empty()) {
    std::vector<std::string> known;
    for (const auto& [raw, label] : rules_.labels) known.push_back(raw);
    const auto found = std::find(known.begin(), known.end(), draft.answer);
    if (found == known.end()) {
      return bad("unknown_labels", fmt::format("unknown label {}; the card has {}",
                                               in_quotes(draft.answer), join(known, ", ")));
    }
    answer = found - known.begin();
    word = rules_.labels[answer].second;
  }
  add_single({.source = std::move(draft.source),
              .references = {std::move(word)},
              .answer = answer,
              .fields = std::move(draft.fields),
              .strata = std::move(draft.strata)});
}

// Two answers to one instruction are two examples, as instruction sets count them.
void ExampleImporter::add_conversation(Draft& draft) {
  const std::string& answer = draft.targets.front();
  if (is_dropped(answer)) return leave_out("dropped_targets");
  if (is_too_long(answer)) return leave_out("long_answers");
  const bool is_new = seen_.insert(draft.source + kBetween + kBetween + answer).second;
  counts_.duplicates += !is_new;
  if (!is_new && !rules_.keep_duplicates) return;
  ++counts_.kept;
  push({.source = std::move(draft.source),
        .references = {answer},
        .strata = std::move(draft.strata),
        .turns = std::move(draft.turns)});
}

// A repeated question would count twice. If it has two answers, one of them is wrong.
void ExampleImporter::add_single(Example example) {
  if (is_too_long(example.references.front())) return leave_out("long_answers");
  const auto [found, is_new] = index_.try_emplace(leak_key(example), rows_.examples.size());
  if (!is_new) {
    const Example& first = rows_.examples[found->second];
    const bool contradicts = first.references != example.references;
    const std::string what =
        fmt::format("answered {} here and {} at line {}", in_quotes(example.references[0]),
                    in_quotes(first.references[0]), rows_.lines[found->second]);
    if (contradicts && !rules_.keep_duplicates) return bad("contradictions", what);
    if (contradicts) note(what + " (kept)");
    ++counts_.duplicates;
    if (!rules_.keep_duplicates) return;
  }
  ++counts_.kept;
  push(std::move(example));
}

bool ExampleImporter::is_dropped(const std::string& answer) const {
  return std::ranges::find(rules_.drop_targets, answer) != rules_.drop_targets.end();
}

// Whitespace is collapsed by now, so spaces separate words.
bool ExampleImporter::is_too_long(const std::string& answer) const {
  return rules_.longest_answer > 0 && std::ranges::count(answer, ' ') + 1 > rules_.longest_answer;
}

void ExampleImporter::push(Example example) {
  rows_.examples.push_back(std::move(example));
  rows_.lines.push_back(line_);
}

void ExampleImporter::note_special_tokens() {
  if (special_lines_.empty()) return;
  std::string lines;
  for (size_t i = 0; i < std::min(special_lines_.size(), kMaxProblems); ++i) {
    lines += fmt::format("{}{}", i == 0 ? "" : ", ", special_lines_[i]);
  }
  report_.notes.push_back(fmt::format(
      "{}: {} rows spell <extra_id_K>, </s>, <pad> or <unk>, which models read as special tokens; "
      "a "
      "masked template then has a second gap of the same name (lines {}{})",
      name_, special_lines_.size(), lines, special_lines_.size() > kMaxProblems ? ", ..." : ""));
}

SplitRows ExampleImporter::finish() {
  if (counts_.lines == 0) throw_<DataError>("{}:1: the file is empty", name_);
  note_special_tokens();
  report_.files.push_back(counts_);
  return std::move(rows_);
}

}  // namespace dovetail
