// SPDX-License-Identifier: Apache-2.0
#include "sweep/pretrain_section.h"

#include "base/error.h"
#include "base/names.h"
#include "sweep/optimizer_section.h"

namespace dovetail {

namespace {

bool says(const TomlTable& table, const char* key) {
  const toml::node* node = table.find(key);
  return node && truth(*node, table.name_of(key));
}

// Documents are joined and cut, or whole pairs share rows, or a row is a document. What the table
// says wins over what stands in [pretrain].
void read_packing(const TomlTable& table, PretrainSettings& pretrain) {
  table.read("pack_sequences", pretrain.pack_sequences);
  table.read("pack_pairs", pretrain.pack_pairs);
  table.read("separator", pretrain.separator);
  const bool joins = says(table, "pack_sequences"), pairs = says(table, "pack_pairs");
  if (joins && pairs) {
    fail_at(table.at("pack_pairs").source(),
            fmt::format("{} has both pack_sequences (joins documents and cuts them) and pack_pairs "
                        "(puts whole pairs side by side); give one of them",
                        table.where()));
  }
  if (pairs) pretrain.pack_sequences = false;
  if (joins) pretrain.pack_pairs = false;
  if (pretrain.pack_sequences) return;
  if (says(table, "separator")) {
    fail_at(table.at("separator").source(),
            fmt::format("separator of {} stands between documents that are joined: it needs "
                        "pack_sequences = true",
                        table.where()));
  }
  pretrain.separator = false;
}

// The keys of [pretrain] that an objective may override.
void read_pretrain_numbers(const TomlTable& table, PretrainSettings& pretrain) {
  table.read("steps", pretrain.steps, kOneOrMore);
  table.read("batch_tokens", pretrain.batch_tokens, kOneOrMore);
  table.read("sequence_length", pretrain.sequence_length, {"at least 4", 4, 1e6});
  read_packing(table, pretrain);
  table.read("dropout", pretrain.dropout, kDropout);
  read_options(table, pretrain.options);
}

const std::vector<std::string> kBudgetUnits = {"steps", "text_tokens", "loss_tokens", "flops"};

// budget = "loss_tokens": as much as span_corruption spends under [pretrain]; or an amount,
// budget = { loss_tokens = 3e6 }.
void read_budget(const TomlTable& table, PretrainSettings& pretrain) {
  const toml::node* node = table.find("budget");
  if (!node) return;
  BudgetSettings& budget = pretrain.budget;
  if (node->is_table()) {
    const TomlTable amount(*node, "budget", {kBudgetUnits.begin() + 1, kBudgetUnits.end()});
    if (node->as_table()->size() != 1) {
      fail_at(node->source(),
              "budget takes one unit, such as budget = { loss_tokens = 3e6 }, or \"loss_tokens\" "
              "for what span_corruption spends in `steps` steps");
    }
    budget.unit = std::string(node->as_table()->begin()->first.str());
    amount.read(budget.unit, budget.amount, kOneOrMore);
    return;
  }
  budget.unit = known_name(*node, "unit of a budget", kBudgetUnits);
  if (budget.unit == "steps") return;
  budget.steps = pretrain.steps;
  budget.batch_tokens = pretrain.batch_tokens;
  budget.sequence_length = pretrain.sequence_length;
  budget.pack_sequences = pretrain.pack_sequences;
  budget.pack_pairs = pretrain.pack_pairs;
}

void override_budget(const TomlTable& table, PretrainSettings& pretrain) {
  const bool by_steps = pretrain.budget.unit == "steps";
  const toml::node* given = table.find(by_steps ? "budget_share" : "steps");
  if (given && by_steps) {
    fail_at(given->source(),
            "budget_share is a share of [pretrain]'s budget, which is in steps here: give steps");
  }
  if (given) {
    fail_at(given->source(),
            fmt::format("the budget of [pretrain], in {}, decides the steps of every objective: "
                        "leave steps out, or give budget_share",
                        pretrain.budget.unit));
  }
  table.read("budget_share", pretrain.budget.share, kAboveZero);
}

void check_batch(const TomlTable& table, const PretrainSettings& pretrain) {
  if (pretrain.batch_tokens >= pretrain.sequence_length) return;
  fail_at(table.place(),
          fmt::format("batch_tokens ({}) of {} must hold at least one row of sequence_length ({})",
                      pretrain.batch_tokens, table.where(), pretrain.sequence_length));
}

}  // namespace

PretrainSettings read_pretrain(const toml::node& node, const Entries& optimizers) {
  PretrainSettings pretrain;
  pretrain.optimizer = default_optimizer(optimizers);
  const TomlTable table(
      node, "[pretrain]",
      {"steps", "batch_tokens", "sequence_length", "pack_sequences", "pack_pairs", "separator",
       "held_out", "held_out_points", "budget", "dropout", "seed", "replicates", "optimizer",
       "accumulate", "label_smoothing", "z_loss", "ema", "activation_checkpointing", "precision"});
  read_pretrain_numbers(table, pretrain);
  table.read("held_out", pretrain.held_out, kZeroOrMore);
  table.read("held_out_points", pretrain.held_out_points, kZeroOrMore);
  read_budget(table, pretrain);
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

void override_pretrain(const TomlTable& table, PretrainSettings& pretrain,
                       const Entries& optimizers) {
  read_pretrain_numbers(table, pretrain);
  override_budget(table, pretrain);
  override_optimizer(table, pretrain.optimizer, optimizers);
  check_batch(table, pretrain);
}

}  // namespace dovetail
