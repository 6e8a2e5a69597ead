// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "analysis/selectors/selectors.h"
#include "app/commands.h"
#include "app/text_output.h"
#include "base/error.h"
#include "base/names.h"
#include "examples/task.h"
#include "jobs/decoding.h"
#include "jobs/pair_batches.h"
#include "metrics/metric.h"
#include "objectives/objective.h"
#include "planning/catalogues.h"
#include "tasks/find_task.h"
#include "templates/template.h"
#include "training/optimizers.h"
#include "tuning/tuning.h"

namespace dovetail {

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string parameters_text(const Json& defaults) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : defaults.items()) parts.push_back(name + " = " + value.dump());
  return parts.empty() ? "" : "{ " + join(parts, ", ") + " }";
}

Rows objective_rows() {
  Rows rows{{"none", "random start, nothing is pre-trained"},
            {"FOLDER", "a checkpoint in the Hugging Face layout, pre-trained elsewhere"}};
  for (const Objective& entry : objectives()) {
    rows.push_back({entry.name, entry.paper, parameters_text(entry.defaults)});
  }
  rows.push_back({"supervised",
                  "Raffel et al. 2020, sec. 3.5.2: prompts and completions of many tasks",
                  parameters_text(supervised_defaults())});
  return rows;
}

Rows task_rows() {
  Rows rows;
  for (const Task& entry : tasks()) rows.push_back({entry.name, entry.kind, entry.description});
  return rows;
}

Rows template_rows() {
  Rows rows;
  for (const TemplateEntry& entry : templates())
    rows.push_back({entry.name, entry.paper_label, entry.parts});
  return rows;
}

Rows tuning_rows() {
  Rows rows;
  for (const TuningEntry& entry : tunings()) {
    rows.push_back({entry.name, entry.paper, parameters_text(entry.defaults)});
  }
  return rows;
}

Rows optimizer_rows() {
  Rows rows;
  for (const OptimizerEntry& entry : optimizers()) {
    rows.push_back({entry.name, entry.paper, parameters_text(entry.defaults)});
  }
  return rows;
}

Rows metric_rows() {
  Rows rows;
  for (const Metric& entry : metrics()) rows.push_back({entry.name, entry.definition});
  return rows;
}

Rows model_rows() {
  Rows rows;
  for (const auto& [name, shape] : catalogues().model_shapes) {
    rows.push_back({name, fmt::format("d_model {}, layers {}, heads {}, d_ff {}",
                                      shape.value("d_model", 0), shape.value("num_layers", 0),
                                      shape.value("num_heads", 0), shape.value("d_ff", 0))});
  }
  return rows;
}

Rows corpus_rows() {
  Rows rows;
  for (const CatalogueEntry& entry : catalogues().corpora) rows.push_back({entry.name});
  return rows;
}

Rows adaptation_rows() {
  return {{"none", "the base as it is"},
          {"lm", "cut sentences: the tail is written after the head"},
          {"denoising", "cut sentences: the tail is written where a sentinel stands"},
          {"mixed", "one or the other, by the sentence's group"},
          {"continued", "the base's own objective on its own text, for as many steps"}};
}

Rows decoding_rows() {
  Rows rows;
  for (const DecodingEntry& entry : decodings()) {
    rows.push_back({entry.name, entry.description, parameters_text(entry.defaults)});
  }
  return rows;
}

Rows selector_rows() {
  Rows rows;
  for (const Selector& entry : selectors()) rows.push_back({entry.name, entry.rule, entry.source});
  return rows;
}

struct Section {
  std::string name;
  std::function<Rows()> rows;
};

const std::vector<Section>& sections() {
  static const std::vector<Section> all{
      {"objectives", objective_rows}, {"adaptations", adaptation_rows},
      {"tasks", task_rows},           {"templates", template_rows},
      {"tunings", tuning_rows},       {"optimizers", optimizer_rows},
      {"decodings", decoding_rows},   {"metrics", metric_rows},
      {"selectors", selector_rows},   {"models", model_rows},
      {"corpora", corpus_rows}};
  return all;
}

int list(const std::string& wanted) {
  std::vector<std::string> names;
  bool found = wanted.empty();
  for (const Section& section : sections()) {
    names.push_back(section.name);
    if (!wanted.empty() && wanted != section.name) continue;
    found = true;
    fmt::print("{}\n", section.name);
    print_columns(section.rows());
    if (wanted.empty() && &section != &sections().back()) fmt::print("\n");
  }
  if (!found) throw_<ConfigError>("unknown list \"{}\"; {}", wanted, did_you_mean(wanted, names));
  return kSuccess;
}

}  // namespace

void add_list(CLI::App& app, Action& chosen) {
  const auto wanted = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("list", "Everything that a sweep file may name");
  command->add_option("WHAT", *wanted,
                      "objectives, adaptations, tasks, templates, tunings, optimizers, decodings, "
                      "metrics, selectors, models or "
                      "corpora");
  command->footer("Example: dovetail list objectives");
  command->callback([wanted, &chosen] { chosen = [wanted] { return list(*wanted); }; });
}

}  // namespace dovetail
