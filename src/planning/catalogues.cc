// SPDX-License-Identifier: Apache-2.0
#include "planning/catalogues.h"

#include <algorithm>

#include "cards/card_files.h"
#include "jobs/decoding.h"
#include "jobs/pair_batches.h"
#include "metrics/metric.h"
#include "model/shapes.h"
#include "objectives/objective.h"
#include "plan/baselines.h"
#include "tasks/find_task.h"
#include "templates/template.h"
#include "templates/template_traits.h"
#include "text/corpus_names.h"
#include "training/optimizers.h"
#include "tuning/tuning.h"

namespace dovetail {

namespace {

template <typename Entry>
std::string source_of(const Entry& entry) {
  if constexpr (requires { entry.paper; }) {
    return entry.paper;
  } else {
    return "";
  }
}

// An entry of another room's catalogue, which has name, parameters and check.
template <typename Entry>
CatalogueEntry with_parameters(const Entry& entry) {
  return {.name = entry.name,
          .defaults = defaults_of(entry.parameters),
          .check = [entry](const Json& given) { resolve_parameters(entry, given); },
          .source = source_of(entry)};
}

CatalogueEntry template_catalogue_entry(const TemplateEntry& entry) {
  const ParsedTemplate parsed = parse_template(entry.parts);
  const bool soft_tokens = std::ranges::any_of(
      parsed.shapes, [](const TemplateShape& shape) { return shape.has_prompt(); });
  return {.name = entry.name,
          .defaults = entry.defaults,
          .check = entry.check,
          .soft_tokens = soft_tokens,
          .in_words = template_in_words(entry.name),
          .conversation = !parsed.shapes.front().chat.empty(),
          .traits = {.answer_style = answer_style_of(parsed),
                     .says_relation = states_relation(parsed),
                     .form = parts_without_style(entry.parts)}};
}

MetricEntry metric_entry(const Metric& metric) {
  return {.name = metric.name,
          .traits = {.higher_is_better = metric.higher_is_better,
                     .corpus_level = metric.corpus_level()},
          .needs_samples = metric.evidence == Evidence::samples};
}

}  // namespace

Catalogues catalogues() {
  Catalogues all;
  for (const Objective& entry : objectives()) {
    all.objectives.push_back(with_parameters(entry));
    all.objectives.back().traits.answer_style = entry.answer_style;
    all.objectives.back().networks = entry.networks;
  }
  all.objectives.push_back(with_parameters(supervised_entry()));
  all.objectives.back().networks = Networks::encoder_decoder;
  for (const Task& entry : tasks()) all.tasks.push_back({entry.name});
  for (const std::string& card : shipped_cards()) all.tasks.push_back({card});
  for (const TemplateEntry& entry : templates())
    all.templates.push_back(template_catalogue_entry(entry));
  all.other_template = [](const std::string& name) {
    return template_catalogue_entry(find_template(name));
  };
  for (const TuningEntry& entry : tunings()) {
    all.tunings.push_back(with_parameters(entry));
    all.tunings.back().soft_tokens = entry.soft_tokens;
    all.tunings.back().keeps_weights = entry.keeps_weights;
    all.tunings.back().classifies = entry.classifies;
    all.tunings.back().has_folder = entry.has_folder;
  }
  for (const OptimizerEntry& entry : optimizers()) all.optimizers.push_back(with_parameters(entry));
  for (const Metric& entry : metrics()) all.metrics.push_back(metric_entry(entry));
  for (const DecodingEntry& entry : decodings()) all.decodings.push_back(with_parameters(entry));
  for (const std::string& name : corpus_names()) all.corpora.push_back({name});
  for (const BaselineEntry& entry : baselines()) all.baselines.push_back(entry.name);
  all.model_shapes = model_shapes();
  return all;
}

}  // namespace dovetail
