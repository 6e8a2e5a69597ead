// SPDX-License-Identifier: Apache-2.0
#include "sweep/tune_section.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/optimizer_section.h"
#include "sweep/sweep_data.h"

namespace dovetail {

namespace {

void read_token_budget(const TomlTable& table, TuneSettings& tune) {
  const toml::node* budget = table.find("batch_tokens");
  if (budget == nullptr) return;
  if (table.find("batch_size")) {
    fail_at(budget->source(),
            fmt::format("{} has both batch_size (rows a step) and batch_tokens (tokens a "
                        "step); give one of them",
                        table.where()));
  }
  table.read("batch_tokens", tune.batch_tokens, kOneOrMore);
}

// learning_rates replaces the optimizer's one rate.
void read_rates(const TomlTable& table, TuneSettings& tune) {
  const toml::node *rates = table.find("learning_rates"), *one = table.find("learning_rate");
  if (one && !tune.choice.learning_rates.empty()) {
    fail_at(one->source(),
            fmt::format("{} has one learning_rate, and [tune] has learning_rates to choose from; "
                        "give this tuning learning_rates too, as many as [tune]",
                        table.where()));
  }
  if (!rates) return;
  if (tune.optimizer.parameters.value("relative_step", false)) {
    fail_at(rates->source(), fmt::format("learning_rates mean nothing where {} has relative_step = "
                                         "true; leave one of the two out",
                                         tune.optimizer.name));
  }
  tune.choice.learning_rates.clear();
  for (const toml::node& rate : list(*rates, table.name_of("learning_rates"))) {
    tune.choice.learning_rates.push_back(real_number(rate, "each of learning_rates", kAboveZero));
  }
}

void read_choice(const TomlTable& table, TuneSettings& tune) {
  ValidationChoice& choice = tune.choice;
  read_rates(table, tune);
  if (const toml::node* metric = table.find("metric_for_best_model"))
    choice.metric = text(*metric, table.name_of("metric_for_best_model"));
  table.read("load_best_model_at_end", choice.best_checkpoint);
  table.read("early_stopping_patience", choice.patience, kZeroOrMore);
  if (choice.patience > 0 && !choice.best_checkpoint) {
    fail_at(table.at("early_stopping_patience").source(),
            "early_stopping_patience ends a training some points after its best one, and without "
            "load_best_model_at_end = true the cell would keep the last one: give both");
  }
  if (!choice.any() && table.find("metric_for_best_model")) {
    fail_at(table.at("metric_for_best_model").source(),
            "metric_for_best_model has nothing to choose: give learning_rates = [...] or "
            "load_best_model_at_end = true, or leave it out");
  }
}

}  // namespace

StepSettings read_steps(const toml::node& node) {
  StepSettings steps;
  if (node.is_integer()) {
    steps.fixed = whole_number(node, "steps", kOneOrMore);
    return steps;
  }
  if (!node.is_table()) {
    fail_at(node.source(),
            "steps must be a whole number, { fixed = 60 } or { per_epoch = 5, "
            "at_least = 40, at_most = 400 }, not " +
                kind_of(node));
  }
  const TomlTable table(node, "steps", {"fixed", "per_epoch", "at_least", "at_most"});
  if (table.find("fixed") && node.as_table()->size() > 1) {
    fail_at(node.source(), "steps has \"fixed\" beside other keys; a fixed number needs no others");
  }
  table.read("fixed", steps.fixed, kOneOrMore);
  if (!table.find("fixed")) {
    table.at("per_epoch");
    table.read("per_epoch", steps.epochs, kAboveZero);
  }
  table.read("at_least", steps.at_least, kOneOrMore);
  table.read("at_most", steps.at_most, kOneOrMore);
  if (table.find("at_most") && steps.at_most < steps.at_least) {
    fail_at(table.at("at_most").source(), fmt::format("at_most of steps ({}) is below at_least "
                                                      "({})",
                                                      steps.at_most, steps.at_least));
  }
  return steps;
}

TuneSettings read_tune(const toml::node& node, const Entries& optimizers) {
  TuneSettings tune;
  tune.optimizer = default_optimizer(optimizers);
  const TomlTable table(node, "[tune]",
                        {"steps",
                         "batch_size",
                         "batch_tokens",
                         "dropout",
                         "max_source_length",
                         "max_target_length",
                         "evaluations",
                         "validation_examples",
                         "keep_model",
                         "optimizer",
                         "accumulate",
                         "label_smoothing",
                         "z_loss",
                         "ema",
                         "activation_checkpointing",
                         "precision",
                         "learning_rates",
                         "metric_for_best_model",
                         "load_best_model_at_end",
                         "early_stopping_patience"});
  tune.steps = read_steps(table.at("steps"));
  table.read("batch_size", tune.batch_size, kOneOrMore);
  read_token_budget(table, tune);
  table.read("dropout", tune.dropout, kDropout);
  read_options(table, tune.options);
  table.read("max_source_length", tune.max_source_length, {"at least 2", 2, 1e6});
  table.read("max_target_length", tune.max_target_length, {"at least 2", 2, 1e6});
  table.read("evaluations", tune.evaluations, kZeroOrMore);
  table.read("validation_examples", tune.validation_examples, kZeroOrMore);
  table.read("keep_model", tune.keep_model);
  if (const toml::node* optimizer = table.find("optimizer")) {
    tune.optimizer = read_optimizer(*optimizer, tune.optimizer, optimizers);
  }
  read_choice(table, tune);
  return tune;
}

void override_tune(const TomlTable& table, TuneSettings& tune, const Entries& optimizers) {
  if (const toml::node* steps = table.find("steps")) tune.steps = read_steps(*steps);
  table.read("dropout", tune.dropout, kDropout);
  read_options(table, tune.options);
  override_optimizer(table, tune.optimizer, optimizers);
  read_rates(table, tune);
}

void check_choices(const Sweep& sweep) {
  if (sweep.pretrain_only) return;
  const std::vector<AxisValue>& tunings = sweep.axes.at("tuning");
  const auto rates_of = [](const AxisValue& value) {
    return value.as<TuningValue>().tune.choice.learning_rates.size();
  };
  for (const AxisValue& value : tunings) {
    const TuneSettings& tune = value.as<TuningValue>().tune;
    if (tune.choice.any() && tune.validation_examples == 0) {
      fail_at_value(sweep, value,
                    fmt::format("tuning \"{}\" chooses by validation examples, and there are none: "
                                "give [tune] validation_examples = 32, for example (the test set "
                                "chooses nothing)",
                                value.label));
    }
    if (rates_of(value) == rates_of(tunings.front())) continue;
    fail_at_value(sweep, value,
                  fmt::format("tuning \"{}\" has {} learning_rates to choose from, and \"{}\" has "
                              "{}: give all tunings equally many",
                              value.label, rates_of(value), tunings.front().label,
                              rates_of(tunings.front())));
  }
  const std::string& metric = sweep.tune.choice.metric;
  const std::vector<std::string>& measured = sweep.evaluate.metrics;
  if (metric == "loss" || metric == "primary") return;
  if (std::ranges::find(measured, metric) != measured.end()) return;
  throw_<ConfigError>(
      "{}: metric_for_best_model \"{}\" is neither \"loss\" nor \"primary\" (the metric that "
      "decides the task) nor one of [evaluate] metrics: {}",
      sweep.file.string(), metric, did_you_mean(metric, measured));
}

}  // namespace dovetail
