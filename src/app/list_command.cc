// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "analysis/selectors/selectors.h"
#include "app/commands.h"
#include "app/foreign_files.h"
#include "app/front/text_output.h"
#include "base/catalogue.h"
#include "base/names.h"
#include "base/parameters.h"
#include "examples/task.h"
#include "jobs/decoding.h"
#include "jobs/pair_batches.h"
#include "metrics/metric.h"
#include "model/config.h"
#include "objectives/objective.h"
#include "plan/adaptations.h"
#include "plan/baselines.h"
#include "planning/catalogues.h"
#include "tasks/find_task.h"
#include "templates/template.h"
#include "training/optimizers.h"
#include "tuning/tuning.h"

namespace dovetail {

namespace {

using Rows = std::vector<std::vector<std::string>>;

// A section of the catalogue: a row for each entry, and the parameters of those that have some.
struct Listing {
  Rows rows;
  std::vector<std::pair<std::string, Parameters>> parameters = {};  // by name of the entry
};

std::string defaults_text(const Parameters& parameters) {
  std::vector<std::string> parts;
  for (const Parameter& parameter : parameters) {
    parts.push_back(parameter.name + " = " + parameter.default_value.dump());
  }
  return parts.empty() ? "" : "{ " + join(parts, ", ") + " }";
}

template <typename Entry>
void add_entry(Listing& listing, const Entry& entry, const std::string& description) {
  listing.rows.push_back({entry.name, description, defaults_text(entry.parameters)});
  if (!entry.parameters.empty()) listing.parameters.emplace_back(entry.name, entry.parameters);
}

Listing list_objectives() {
  Listing listing{{{"none", "random start, without pre-training"},
                   {"FOLDER", "a checkpoint in the Hugging Face layout, pre-trained elsewhere"}}};
  for (const Objective& entry : objectives()) add_entry(listing, entry, entry.paper);
  add_entry(listing, supervised_entry(), supervised_entry().paper);
  return listing;
}

Listing list_tasks() {
  Listing listing;
  for (const Task& entry : tasks()) {
    listing.rows.push_back({entry.name, entry.kind, entry.description});
  }
  return listing;
}

Listing list_templates() {
  Listing listing;
  for (const TemplateEntry& entry : templates()) {
    listing.rows.push_back({entry.name, entry.paper_label, entry.parts});
  }
  return listing;
}

Listing list_tunings() {
  Listing listing;
  for (const TuningEntry& entry : tunings()) add_entry(listing, entry, entry.paper);
  return listing;
}

Listing list_optimizers() {
  Listing listing;
  for (const OptimizerEntry& entry : optimizers()) add_entry(listing, entry, entry.paper);
  return listing;
}

Listing list_decodings() {
  Listing listing;
  for (const DecodingEntry& entry : decodings()) add_entry(listing, entry, entry.description);
  return listing;
}

Listing list_metrics() {
  Listing listing;
  for (const Metric& entry : metrics()) listing.rows.push_back({entry.name, entry.definition});
  return listing;
}

Listing list_models() {
  Listing listing;
  for (const auto& [name, shape] : catalogues().model_shapes) {
    const T5Config config = model_config_from(shape);
    listing.rows.push_back(
        {name, fmt::format("d_model {}, layers {}, heads {}, d_ff {}{}", config.d_model,
                           config.num_decoder_layers, config.num_heads, config.d_ff,
                           config.is_causal() ? ", decoder-only" : "")});
  }
  return listing;
}

Listing list_corpora() {
  Listing listing;
  for (const CatalogueEntry& entry : catalogues().corpora) listing.rows.push_back({entry.name});
  return listing;
}

Listing list_adaptations() {
  Listing listing;
  for (const AdaptationEntry& entry : adaptations()) {
    listing.rows.push_back({entry.name, entry.definition, entry.paper});
    if (!entry.parameters.empty()) listing.parameters.emplace_back(entry.name, entry.parameters);
  }
  return listing;
}

Listing list_selectors() {
  Listing listing;
  for (const Selector& entry : selectors()) {
    listing.rows.push_back({entry.name, entry.rule, entry.source});
  }
  return listing;
}

Listing list_baselines() {
  Listing listing;
  for (const BaselineEntry& entry : baselines())
    listing.rows.push_back({entry.name, entry.definition});
  return listing;
}

struct Section {
  std::string name;
  std::function<Listing()> list;
};

constexpr const char* kForeignKeys = "foreign_keys";  // too long for the list of everything

const std::vector<Section>& sections() {
  static const std::vector<Section> all{{"objectives", list_objectives},
                                        {"adaptations", list_adaptations},
                                        {"tasks", list_tasks},
                                        {"templates", list_templates},
                                        {"tunings", list_tunings},
                                        {"optimizers", list_optimizers},
                                        {"decodings", list_decodings},
                                        {"metrics", list_metrics},
                                        {"selectors", list_selectors},
                                        {"models", list_models},
                                        {"corpora", list_corpora},
                                        {"baselines", list_baselines},
                                        {kForeignKeys, {}}};
  return all;
}

void print_parameters(const Listing& listing) {
  for (const auto& [entry, parameters] : listing.parameters) {
    Rows rows;
    for (const Parameter& parameter : parameters) {
      rows.push_back({parameter.name, parameter.default_value.dump(), allowed_values(parameter),
                      parameter.doc});
    }
    fmt::print("\nparameters of {}: name, default, allowed values, meaning\n", entry);
    print_columns(rows);
  }
}

int list_all() {
  for (const Section& section : sections()) {
    if (!section.list) continue;
    fmt::print("{}{}\n", &section == &sections().front() ? "" : "\n", section.name);
    print_columns(section.list().rows);
  }
  return kSuccess;
}

int list_section(const std::string& name) {
  const Section& section = find_in_catalogue("list", sections(), name);
  if (!section.list) {
    fmt::print("{}", foreign_keys_markdown());
    return kSuccess;
  }
  const Listing listing = section.list();
  fmt::print("{}\n", name);
  print_columns(listing.rows);
  print_parameters(listing);
  return kSuccess;
}

}  // namespace

void add_list(CLI::App& app, Action& chosen) {
  const auto wanted = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("list", "Everything that a sweep file may name");
  command->add_option(
      "SECTION", *wanted,
      "objectives, adaptations, tasks, templates, tunings, optimizers, decodings, "
      "metrics, selectors, models, corpora or baselines: this section alone, with a "
      "line for each parameter. foreign_keys: the keys of other programs' files, such as "
      "config.json, as Markdown");
  command->footer("Example: dovetail list objectives");
  command->callback([wanted, &chosen] {
    chosen = [wanted] { return wanted->empty() ? list_all() : list_section(*wanted); };
  });
}

}  // namespace dovetail
