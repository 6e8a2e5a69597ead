// SPDX-License-Identifier: Apache-2.0
#include "sweep/training_sections.h"

#include "base/error.h"
#include "sweep/optimizer_section.h"

namespace dovetail {

namespace {

// The keys of [pretrain] that an objective may override.
void read_pretrain_numbers(const TomlTable& table, PretrainSettings& pretrain) {
  table.read("steps", pretrain.steps, kOneOrMore);
  table.read("batch_tokens", pretrain.batch_tokens, kOneOrMore);
  table.read("sequence_length", pretrain.sequence_length, {"at least 4", 4, 1e6});
  table.read("pack_sequences", pretrain.pack_sequences);
  table.read("dropout", pretrain.dropout, kDropout);
  read_options(table, pretrain.options);
}

void check_batch(const TomlTable& table, const PretrainSettings& pretrain) {
  if (pretrain.batch_tokens >= pretrain.sequence_length) return;
  fail_at(table.place(),
          fmt::format("batch_tokens ({}) of {} must hold at least one row of sequence_length ({})",
                      pretrain.batch_tokens, table.where(), pretrain.sequence_length));
}

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

PretrainSettings read_pretrain(const toml::node& node, const Entries& optimizers) {
  PretrainSettings pretrain;
  pretrain.optimizer = default_optimizer(optimizers);
  const TomlTable table(node, "[pretrain]",
                        {"steps", "batch_tokens", "sequence_length", "pack_sequences", "dropout",
                         "seed", "replicates", "optimizer", "accumulate", "label_smoothing",
                         "z_loss", "ema", "activation_checkpointing", "precision"});
  read_pretrain_numbers(table, pretrain);
  table.read("seed", pretrain.seed, kZeroOrMore);
  if (const toml::node* optimizer = table.find("optimizer")) {
    pretrain.optimizer = read_optimizer(*optimizer, pretrain.optimizer, optimizers);
  }
  check_batch(table, pretrain);
  return pretrain;
}

int64_t read_replicates(const toml::node& pretrain) {
  const toml::table* table = pretrain.as_table();
  const toml::node* node = table ? table->get("replicates") : nullptr;
  return node ? whole_number(*node, "replicates", kOneOrMore) : 1;
}

TuneSettings read_tune(const toml::node& node, const Entries& optimizers) {
  TuneSettings tune;
  tune.optimizer = default_optimizer(optimizers);
  const TomlTable table(
      node, "[tune]",
      {"steps", "batch_size", "batch_tokens", "dropout", "max_source_length", "max_target_length",
       "evaluations", "validation_examples", "keep_model", "optimizer", "accumulate",
       "label_smoothing", "z_loss", "ema", "activation_checkpointing", "precision"});
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
  return tune;
}

void override_tune(const TomlTable& table, TuneSettings& tune, const Entries& optimizers) {
  if (const toml::node* steps = table.find("steps")) tune.steps = read_steps(*steps);
  read_options(table, tune.options);
  override_optimizer(table, tune.optimizer, optimizers);
}

void override_pretrain(const TomlTable& table, PretrainSettings& pretrain,
                       const Entries& optimizers) {
  read_pretrain_numbers(table, pretrain);
  override_optimizer(table, pretrain.optimizer, optimizers);
  check_batch(table, pretrain);
}

}  // namespace dovetail
