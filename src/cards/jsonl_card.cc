// SPDX-License-Identifier: Apache-2.0
// Cards of kind "jsonl": any file of JSON objects, read by the names of their keys. The keys that
// the card gives decide the layout: choices make questions, a label makes a classification, a
// target makes texts.
#include "base/error.h"
#include "cards/card.h"

namespace dovetail {

namespace {

struct JsonKeys {
  TextFormat format = TextFormat::jsonl;
  Layout layout = Layout::text;
  std::string source, target, answer, label, pair;
  std::vector<std::string> choices;           // one path to a list, or a path each
  std::map<std::string, std::string> fields;  // name -> path
  std::string answer_is;                      // index, number, letter, text
};

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
  if (toml.has("answer_is") && !choices) toml.fail("answer_is", "this needs keys.choices");
  if (toml.has("labels") && !label) toml.fail("labels", "this needs keys.label");
  return choices ? Layout::question : label ? Layout::classification : Layout::text;
}

JsonKeys read_keys(const StrictToml& toml) {
  JsonKeys keys;
  keys.format = one_of(toml, "format", "jsonl", {"jsonl", "json"}) == "json" ? TextFormat::json
                                                                             : TextFormat::jsonl;
  keys.layout = layout_of(toml);
  keys.source = toml.text("keys.source");
  keys.target = toml.text("keys.target", "");
  keys.answer = toml.text("keys.answer", "");
  keys.label = toml.text("keys.label", "");
  keys.pair = toml.text("keys.pair", "");
  keys.choices = toml.text_or_texts("keys.choices");
  keys.fields = toml.text_table("keys.fields");
  if (!keys.pair.empty()) keys.fields["pair"] = keys.pair;
  keys.answer_is = one_of(toml, "answer_is", "text", {"index", "number", "letter", "text"});
  return keys;
}

std::optional<std::vector<std::string>> choices_of_row(const JsonKeys& keys, const Row& row) {
  if (keys.choices.size() == 1) return row.texts(keys.choices[0]);
  std::vector<std::string> choices;
  for (const std::string& path : keys.choices) {
    std::optional<std::string> choice = row.text(path);
    if (!choice) return std::nullopt;
    choices.push_back(*std::move(choice));
  }
  return choices;
}

// The names that the answer uses for the choices; empty: the texts of the choices.
std::vector<std::string> choice_labels(const std::string& answer_is, size_t count) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < count && answer_is != "text"; ++i) {
    labels.push_back(answer_is == "letter" ? std::string(1, static_cast<char>('A' + i))
                                           : std::to_string(answer_is == "number" ? i + 1 : i));
  }
  return labels;
}

std::optional<std::string> required(const Row& row, const std::string& path,
                                    ExampleImporter& sink) {
  std::optional<std::string> text = row.text(path);
  if (!text) sink.bad("missing_columns", fmt::format("there is no text at the key \"{}\"", path));
  return text;
}

// A target may be one text or a list of them.
bool take_target(const JsonKeys& keys, const Row& row, Draft& draft, ExampleImporter& sink) {
  if (auto texts = row.texts(keys.target)) {
    draft.targets = *std::move(texts);
    return true;
  }
  std::optional<std::string> text = required(row, keys.target, sink);
  if (text) draft.targets = {*std::move(text)};
  return text.has_value();
}

bool take_choices(const JsonKeys& keys, const Row& row, Draft& draft, ExampleImporter& sink) {
  std::optional<std::vector<std::string>> choices = choices_of_row(keys, row);
  if (!choices) {
    sink.bad("missing_columns", fmt::format("there is no list of texts at the key \"{}\"",
                                            keys.choices.empty() ? "" : keys.choices[0]));
    return false;
  }
  std::optional<std::string> answer = required(row, keys.answer, sink);
  if (!answer) return false;
  draft.choices = *std::move(choices);
  draft.answer = *std::move(answer);
  draft.choice_labels = choice_labels(keys.answer_is, draft.choices.size());
  return true;
}

void take(const JsonKeys& keys, const Row& row, ExampleImporter& sink) {
  Draft draft;
  std::optional<std::string> source = required(row, keys.source, sink);
  if (!source) return;
  draft.source = *std::move(source);
  for (const auto& [name, path] : keys.fields) {
    std::optional<std::string> text = required(row, path, sink);
    if (!text) return;
    draft.fields[name] = *std::move(text);
  }
  if (keys.layout == Layout::question) {
    if (!take_choices(keys, row, draft, sink)) return;
  } else if (keys.layout == Layout::classification) {
    std::optional<std::string> label = required(row, keys.label, sink);
    if (!label) return;
    draft.answer = *std::move(label);
  } else if (!take_target(keys, row, draft, sink)) {
    return;
  }
  sink.add(std::move(draft));
}

Importer make_jsonl_importer(const StrictToml& toml, const CardName& asked, Card& card) {
  refuse_relation(toml, asked);
  const JsonKeys keys = read_keys(toml);
  if (!toml.has("task_kind")) {
    card.task_kind = keys.layout == Layout::question         ? "choice"
                     : keys.layout == Layout::classification ? "classification"
                                                             : "generation";
  }
  return {.rules = {.layout = keys.layout, .labels = read_labels(toml)},
          .read =
              [keys](const Card::Split& split, ExampleImporter& sink) {
                read_rows(split.rows, keys.format, false, sink,
                          [&](const Row& row) { take(keys, row, sink); });
              },
          .settings = {{"format", static_cast<int>(keys.format)},
                       {"source", keys.source},
                       {"target", keys.target},
                       {"choices", keys.choices},
                       {"answer", keys.answer},
                       {"answer_is", keys.answer_is},
                       {"label", keys.label},
                       {"fields", keys.fields}}};
}

}  // namespace

CardKind jsonl() {
  return {.name = "jsonl",
          .description = "answers",
          .task_kind = "generation",
          .keys = {"format", "keys.source", "keys.target", "keys.choices", "keys.answer",
                   "keys.label", "keys.pair", "keys.fields.*", "answer_is", "labels.*"},
          .make = make_jsonl_importer};
}

}  // namespace dovetail
