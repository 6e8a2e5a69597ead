// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "base/error.h"
#include "base/names.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;  // scores in the order asked for

struct MetricOptions {
  std::string input;
  std::vector<std::string> metrics;
};

struct ScoredLine {
  std::string prediction;
  std::vector<std::string> references;
};

ScoredLine parse_line(const std::string& line, const std::string& where) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw_<DataError>("{}: expected a JSON object, found {:.40}", where, line);
  if (!json.contains("prediction") || !json["prediction"].is_string()) {
    throw_<DataError>("{}: \"prediction\", a text, is missing", where);
  }
  const Json references = json.value("references", Json());
  const bool texts = references.is_array() && !references.empty() &&
                     std::all_of(references.begin(), references.end(),
                                 [](const Json& text) { return text.is_string(); });
  if (!texts)
    throw_<DataError>("{}: \"references\", a list of at least one text, is missing", where);
  return {json["prediction"], references.get<std::vector<std::string>>()};
}

// Scores go out as lines come in, so that a pipe works.
int score_lines(std::istream& in, const std::string& name, const std::vector<Metric>& wanted) {
  std::map<std::string, double> sums;
  int64_t line_number = 0, count = 0;
  for (std::string line; std::getline(in, line);) {
    ++line_number;
    if (trim(line).empty()) continue;
    const ScoredLine item = parse_line(line, fmt::format("{}:{}", name, line_number));
    OrderedJson scores;
    for (const Metric& metric : wanted) {
      const double score = metric.of(item.prediction, item.references);
      scores[metric.name] = score;
      sums[metric.name] += score;
    }
    ++count;
    fmt::print("{}\n", scores.dump());
  }
  if (in.bad()) throw_<SystemError>("cannot read {}", name);
  if (count == 0) throw_<DataError>("{}: no line to score", name);
  OrderedJson means;
  for (const Metric& metric : wanted) means[metric.name] = sums[metric.name] / count;
  fmt::print("{}\n", OrderedJson{{"aggregate", means}, {"n", count}}.dump());
  return kSuccess;
}

int metric(const MetricOptions& options) {
  std::vector<Metric> wanted;
  for (const std::string& name : options.metrics) wanted.push_back(find_metric(name));
  if (options.input == "-") return score_lines(std::cin, "standard input", wanted);
  std::ifstream in(options.input);
  if (!in) throw_<ConfigError>("--input {}: cannot be opened", options.input);
  return score_lines(in, options.input, wanted);
}

}  // namespace

void add_metric(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<MetricOptions>();
  CLI::App* command = app.add_subcommand(
      "metric", "Score predictions: JSON lines in, JSON lines and their means out");
  command
      ->add_option(
          "--input", options->input,
          "Lines of {\"prediction\": TEXT, \"references\": [TEXT, ...]}; - for standard input")
      ->required();
  command->add_option("--metrics", options->metrics, "Names, with commas between")
      ->required()
      ->delimiter(',');
  command->footer(
      "Example: dovetail metric --input predictions.jsonl --metrics rouge_l,exact_match");
  command->callback([options, &chosen] { chosen = [options] { return metric(*options); }; });
}

}  // namespace dovetail
