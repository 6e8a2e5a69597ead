// SPDX-License-Identifier: Apache-2.0
#include "cards/table_columns.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

const std::vector<std::string> kAnswerIs = {"text", "letter", "index", "number", "key"};

Layout layout_of(const StrictToml& toml) {
  const bool choices = toml.has("keys.choices"), label = toml.has("keys.label");
  const bool target = toml.has("keys.target");
  if (choices + label + target != 1) {
    toml.fail(choices ? "keys.choices" : "keys",
              "give one of keys.target (texts), keys.label (a classification) and keys.choices "
              "with keys.answer (questions)");
  }
  if (choices != toml.has("keys.answer")) {
    toml.fail(choices ? "keys.choices" : "keys.answer",
              "keys.choices and keys.answer belong together");
  }
  for (const char* key : {"answer_is", "keys.choice_labels"}) {
    if (toml.has(key) && !choices) toml.fail(key, "this needs keys.choices");
  }
  if (toml.has("labels") && !label) toml.fail("labels", "this needs keys.label");
  return choices ? Layout::question : label ? Layout::classification : Layout::text;
}

AnswerIs read_answer_is(const StrictToml& toml) {
  if (toml.has("keys.choice_labels")) {
    if (toml.has("answer_is")) {
      toml.fail("answer_is", "with keys.choice_labels the answer is one of these labels");
    }
    return AnswerIs::label;
  }
  const std::string name = one_of(toml, "answer_is", "text", kAnswerIs);
  return static_cast<AnswerIs>(std::ranges::find(kAnswerIs, name) - kAnswerIs.begin());
}

std::optional<Column> read_optional(const StrictToml& toml, const std::string& key) {
  if (!toml.has(key)) return std::nullopt;
  return read_column(toml, key, int64_t{1}, true);
}

// What no template says would be read and then lost.
void refuse_unsaid(const StrictToml& toml, const TableColumns& columns) {
  const std::vector<std::string>& said = said_fields(columns.layout);
  for (const auto& [name, column] : columns.fields) {
    if (std::ranges::find(said, name) != said.end()) continue;
    const std::string key = toml.has("keys.pair") && name == "pair" ? "keys.pair" : "keys.fields";
    toml.fail(key, fmt::format(
                       "no template says the field \"{0}\" of such a task{1}; write the column "
                       "into the source instead, as in source = \"{{{2}}} {0}: {{{3}}}\"",
                       name, said.empty() ? "" : fmt::format(" (it may have {})", join(said, ", ")),
                       to_string(columns.source.columns().front()), to_string(column)));
  }
}

// What stands at a column that holds no text.
std::string what_is_there(const Row& row, const Column& column) {
  const std::string name = to_string(column);
  const std::optional<nlohmann::json> found = row.find(column);
  if (found && found->is_object()) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : found->items()) keys.push_back(key);
    const std::string first = keys.empty() ? "" : fmt::format(", as in {}.{}", name, keys.front());
    return fmt::format("at the key \"{}\" there is an object with the keys {}; name one of them{}",
                       name, join(keys, ", "), first);
  }
  if (found && found->is_array())
    return fmt::format("at the key \"{}\" there is a list of {}; expected a text", name,
                       counted(std::ssize(*found), "value"));
  std::vector<std::string> known;
  for (const nlohmann::json& object : row.objects()) {
    if (object.contains(root_of(column)) || !object.is_object()) continue;
    for (const auto& [key, value] : object.items()) known.push_back(key);
  }
  const std::string text = fmt::format("there is no text at the key \"{}\"", name);
  return known.empty() ? text : text + "; " + did_you_mean(root_of(column), known);
}

std::optional<std::string> required(const Row& row, const Column& column, ExampleImporter& sink) {
  std::optional<std::string> text = row.text(column);
  if (!text) {
    sink.bad("missing_columns", what_is_there(row, column));
  }
  return text;
}

std::optional<std::vector<std::string>> choices_of_row(const TableColumns& columns,
                                                       const Row& row) {
  if (columns.choices.size() == 1) return row.texts(columns.choices[0]);
  std::vector<std::string> choices;
  for (const Column& column : columns.choices) {
    std::optional<std::string> choice = row.text(column);
    if (!choice) return std::nullopt;
    choices.push_back(*std::move(choice));
  }
  return choices;
}

// The names that the answer may use for the choices; empty: the texts of the choices.
std::vector<std::string> choice_names(const TableColumns& columns, size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    switch (columns.answer_is) {
      case AnswerIs::letter: names.emplace_back(1, static_cast<char>('A' + i)); break;
      case AnswerIs::index: names.push_back(std::to_string(i)); break;
      case AnswerIs::number: names.push_back(std::to_string(i + 1)); break;
      case AnswerIs::key: names.push_back(to_string(columns.choices[i])); break;
      case AnswerIs::text:
      case AnswerIs::label: break;
    }
  }
  return names;
}

bool take_choices(const TableColumns& columns, const Row& row, Draft& draft,
                  ExampleImporter& sink) {
  std::optional<std::vector<std::string>> choices = choices_of_row(columns, row);
  if (!choices) {
    const Column& first = columns.choices[0];
    const auto found = row.find(first);
    sink.bad("missing_columns",
             found && found->is_object()
                 ? what_is_there(row, first) + "; choices need all of them in a list"
                 : fmt::format("there is no list of texts at the key \"{}\"", to_string(first)));
    return false;
  }
  std::optional<std::string> answer = required(row, *columns.answer, sink);
  if (!answer) return false;
  draft.choices = *std::move(choices);
  draft.answer = std::string(trim(*answer));
  draft.choice_labels = choice_names(columns, draft.choices.size());
  if (columns.answer_is == AnswerIs::letter) {
    for (char& letter : draft.answer) {
      letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
  }
  if (columns.answer_is != AnswerIs::label) return true;
  const auto labels = row.texts(*columns.choice_labels);
  if (!labels || labels->size() != draft.choices.size()) {
    sink.bad("missing_columns", fmt::format("there is no label for each choice at \"{}\"",
                                            to_string(*columns.choice_labels)));
    return false;
  }
  draft.choice_labels = *labels;
  return true;
}

// A target may be one text or a list of them.
bool take_target(const TableColumns& columns, const Row& row, Draft& draft, ExampleImporter& sink) {
  if (auto texts = row.texts(*columns.target)) {
    draft.targets = *std::move(texts);
    return true;
  }
  std::optional<std::string> text = required(row, *columns.target, sink);
  if (text) draft.targets = {*std::move(text)};
  return text.has_value();
}

bool take_fields(const TableColumns& columns, const Row& row, Draft& draft, ExampleImporter& sink) {
  for (const auto& [name, column] : columns.fields) {
    std::optional<std::string> text = required(row, column, sink);
    if (!text) return false;
    draft.fields[name] = *std::move(text);
  }
  return true;
}

bool take_answer(const TableColumns& columns, const Row& row, Draft& draft, ExampleImporter& sink) {
  if (columns.layout == Layout::question) return take_choices(columns, row, draft, sink);
  if (columns.layout == Layout::text) return take_target(columns, row, draft, sink);
  std::optional<std::string> label = required(row, *columns.label, sink);
  if (label) draft.answer = *std::move(label);
  return label.has_value();
}

}  // namespace

std::vector<Column> TableColumns::all() const {
  std::vector<Column> all = source.columns();
  for (const auto* column : {&target, &answer, &label, &choice_labels, &id}) {
    if (*column) all.push_back(**column);
  }
  all.insert(all.end(), choices.begin(), choices.end());
  for (const auto& [name, column] : fields) all.push_back(column);
  return all;
}

const std::vector<std::string>& table_column_keys() {
  static const std::vector<std::string> keys = {"keys.source",  "keys.target", "keys.label",
                                                "keys.choices", "keys.answer", "keys.choice_labels",
                                                "keys.pair",    "keys.id",     "keys.fields.*",
                                                "answer_is",    "labels.*",    "answers_id"};
  return keys;
}

TableColumns read_table_columns(const StrictToml& toml) {
  const Layout layout = layout_of(toml);
  if (!toml.has("keys.source")) toml.text("keys.source");  // says that it is missing
  TableColumns columns{.layout = layout, .source = SourceText(toml, "keys.source")};
  columns.target = read_optional(toml, "keys.target");
  columns.answer = read_optional(toml, "keys.answer");
  columns.label = read_optional(toml, "keys.label");
  columns.choice_labels = read_optional(toml, "keys.choice_labels");
  columns.id = read_optional(toml, "keys.id");
  columns.choices = toml.numbers_or_texts("keys.choices");
  for (const auto& [name, path] : toml.text_table("keys.fields")) columns.fields[name] = path;
  if (const auto pair = read_optional(toml, "keys.pair")) columns.fields["pair"] = *pair;
  columns.answer_is = read_answer_is(toml);
  if (columns.answer_is == AnswerIs::key && columns.choices.size() < 2) {
    toml.fail("answer_is", "\"key\" needs a column for each choice in keys.choices");
  }
  refuse_unsaid(toml, columns);
  return columns;
}

std::optional<Draft> draft_of(const TableColumns& columns, const Row& row, ExampleImporter& sink) {
  Draft draft;
  std::string missing;
  std::optional<std::string> source = columns.source.of(row, missing);
  if (!source) {
    sink.bad("missing_columns", what_is_there(row, missing));
    return std::nullopt;
  }
  draft.source = *std::move(source);
  if (!take_fields(columns, row, draft, sink) || !take_answer(columns, row, draft, sink)) {
    return std::nullopt;
  }
  return draft;
}

void AnswerCount::add(const TableColumns& columns, const Draft& draft) {
  if (columns.answer_is != AnswerIs::index && columns.answer_is != AnswerIs::number) return;
  const std::string count = std::to_string(draft.choices.size());
  zeros_ += draft.answer == "0";
  last_ += draft.answer == count;
  beyond_ += draft.answer != "0" && draft.answer != count && !draft.choice_labels.empty() &&
             std::ranges::find(draft.choice_labels, draft.answer) == draft.choice_labels.end();
}

void AnswerCount::check(const TableColumns& columns, const std::string& file) const {
  const bool by_index = columns.answer_is == AnswerIs::index;
  const int64_t outside = by_index ? last_ : zeros_, inside = by_index ? zeros_ : last_;
  if (outside == 0 || inside > 0 || beyond_ > 0) return;
  throw_<DataError>(
      "{}: {} answers are {} and none is {}: they seem to be counted from {}; set answer_is = "
      "\"{}\"",
      file, outside, by_index ? "the number of choices" : "0",
      by_index ? "0" : "the number of choices", by_index ? 1 : 0, by_index ? "number" : "index");
}

}  // namespace dovetail
