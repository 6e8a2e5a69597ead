// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/json_lines.h"
#include "base/error.h"
#include "base/names.h"
#include "metrics/metric.h"
#include "metrics/missing_notes.h"
#include "plan/json.h"

namespace dovetail {

namespace {

using OrderedJson = nlohmann::ordered_json;  // keeps the order of --metrics

struct MetricOptions {
  std::string input;
  std::vector<std::string> metrics;
};

// The items, with the place of each.
struct ScoredLines {
  std::vector<ScoredItem> items;
  std::vector<std::string> places;  // FILE:LINE
};

bool is_text(const Json& json) { return json.is_string(); }
bool is_number(const Json& json) { return json.is_number(); }
bool is_integer(const Json& json) { return json.is_number_integer(); }

template <bool (*Is)(const Json&)>
bool is_list_of(const Json& json) {
  return json.is_array() && std::all_of(json.begin(), json.end(), Is);
}

// Reads an optional key, whose value must have the right type.
template <typename Value>
void read_optional(const Json& line, const std::string& key, bool (*is)(const Json&),
                   const char* what, const std::string& where, Value& value) {
  if (!line.contains(key)) return;
  if (!is(line[key])) {
    throw_<DataError>("{}: \"{}\": expected {}, found {:.40}", where, key, what, line[key].dump());
  }
  value = line[key].get<Value>();
}

// Fails for a missing key, and names a similar key of the line, which may be a typing error.
[[noreturn]] void fail_missing(const Json& line, const std::string& key, const char* what,
                               const std::string& where) {
  std::vector<std::string> keys;
  for (const auto& [name, value] : line.items()) keys.push_back(name);
  const std::string nearest = nearest_name(key, keys);
  throw_<DataError>("{}: \"{}\", {}, is missing{}", where, key, what,
                    nearest.empty()
                        ? ""
                        : fmt::format("; the line has \"{}\": did you mean \"{}\"?", nearest, key));
}

std::vector<std::string> read_references(const Json& line, const std::string& where) {
  constexpr auto kWhat = "a list of at least one text";
  if (!line.contains("references")) fail_missing(line, "references", kWhat, where);
  const Json& references = line["references"];
  if (!is_list_of<is_text>(references) || references.empty()) {
    throw_<DataError>("{}: \"references\": expected {}, found {:.40}", where, kWhat,
                      references.dump());
  }
  return references.get<std::vector<std::string>>();
}

ScoredItem parse_line(const std::string& line, const std::string& where) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw_<DataError>("{}: expected a JSON object, found {:.40}", where, line);
  ScoredItem item;
  if (!json.contains("prediction")) fail_missing(json, "prediction", "a text", where);
  read_optional(json, "prediction", is_text, "a text", where, item.prediction);
  item.references = read_references(json, where);
  const char *texts = "a list of texts", *numbers = "a list of numbers",
             *integer = "a whole number";
  read_optional(json, "choices", is_list_of<is_text>, texts, where, item.choices);
  read_optional(json, "answer", is_integer, integer, where, item.answer);
  read_optional(json, "samples", is_list_of<is_text>, texts, where, item.samples);
  read_optional(json, "choice_logprobs", is_list_of<is_number>, numbers, where,
                item.choice_logprobs);
  read_optional(json, "choice_tokens", is_list_of<is_integer>, "a list of whole numbers", where,
                item.choice_tokens);
  read_optional(json, "choice_priors", is_list_of<is_number>, numbers, where, item.choice_priors);
  read_optional(json, "target_logprob", is_number, "a number", where, item.target_logprob);
  read_optional(json, "target_tokens", is_integer, integer, where, item.target_tokens);
  read_optional(json, "copied_words", is_integer, integer, where, item.copied_words);
  read_optional(json, "token_ranks", is_list_of<is_list_of<is_integer>>,
                "a list of lists of whole numbers", where, item.token_ranks);
  return item;
}

ScoredLines read_lines(const std::string& input) {
  LineReader reader(input);
  ScoredLines lines;
  for (std::string line; reader.next(line);) {
    lines.items.push_back(parse_line(line, reader.where()));
    lines.places.push_back(reader.where());
  }
  if (lines.items.empty()) {
    throw_<DataError>("{}: no line to score", input == "-" ? "standard input" : input);
  }
  return lines;
}

// Scores all lines at once, because some metrics score an item relative to the others.
std::vector<double> score(const Metric& metric, const ScoredLines& lines) {
  try {
    return metric.score(lines.items);
  } catch (const ItemError& error) {
    throw_<DataError>("{}: {}", lines.places[error.item], error.reason);
  }
}

// Says on standard error which scores are missing, null in the output, and why.
void note_missing(const std::vector<std::string>& names, const ScoredLines& lines) {
  SetLetters references;
  for (const ScoredItem& item : lines.items) references.add(item.references);
  for (const std::string& note : missing_notes(names, references, "lines"))
    fmt::print(stderr, "note: {}\n", note);
}

int metric(const MetricOptions& options) {
  std::vector<Metric> wanted;
  for (const std::string& name : options.metrics) wanted.push_back(find_metric(name));
  const ScoredLines lines = read_lines(options.input);
  std::vector<OrderedJson> scores(lines.items.size());
  OrderedJson aggregates;
  for (const Metric& metric : wanted) {
    const std::vector<double> values = score(metric, lines);
    for (size_t i = 0; i < values.size(); ++i) scores[i][metric.name] = values[i];
    aggregates[metric.name] = metric.of_all(lines.items, values);
  }
  note_missing(options.metrics, lines);
  for (const OrderedJson& line : scores) fmt::print("{}\n", line.dump());
  fmt::print("{}\n", OrderedJson{{"aggregate", aggregates}, {"n", lines.items.size()}}.dump());
  return kSuccess;
}

}  // namespace

void add_metric(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<MetricOptions>();
  CLI::App* command = app.add_subcommand(
      "metric",
      "Score predictions: JSON lines in; one JSON line of scores for each and one for all out");
  command
      ->add_option(
          "--input", options->input,
          "Lines of {\"prediction\": TEXT, \"references\": [TEXT, ...]}; - for standard input")
      ->required();
  command->add_option("--metrics", options->metrics, "Names, separated by commas")
      ->required()
      ->delimiter(',');
  command->footer(
      "Metrics that need more than the texts read it from the lines' optional keys: \"choices\" "
      "[TEXT, ...] with "
      "\"answer\" INDEX (from 0); \"choice_logprobs\", \"choice_priors\" [NUMBER, ...] and "
      "\"choice_tokens\" "
      "[COUNT, ...], one a choice; \"target_logprob\" NUMBER with \"target_tokens\" COUNT; "
      "\"token_ranks\" "
      "[[RANK, ...], ...], a list a reference, ranks from 1; \"samples\" [TEXT, ...]; "
      "\"copied_words\" COUNT, of the answer's words, in a row in one training output. Logarithms "
      "are natural. "
      "`dovetail list metrics` defines the metrics. A score is null where a metric cannot read the "
      "references: rouge_l reads ASCII alone; docs/metrics.md has a table.\n\n"
      "Example: dovetail metric --input predictions.jsonl --metrics rouge_l,exact_match,bleu_4");
  command->callback([options, &chosen] { chosen = [options] { return metric(*options); }; });
}

}  // namespace dovetail
