// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// [pretrain] and [tune], and the keys of them that a value of an axis may override.
namespace dovetail {

// A whole number, { fixed = 60 }, or { per_epoch = 5, at_least = 40, at_most = 400 }.
StepSettings read_steps(const toml::node& node);

PretrainSettings read_pretrain(const toml::node& node, const Entries& optimizers);
TuneSettings read_tune(const toml::node& node, const Entries& optimizers);

inline const std::vector<std::string> kTuneOverrides = {
    "learning_rate", "optimizer",  "schedule",
    "steps",         "accumulate", "label_smoothing",
    "z_loss",        "ema",        "activation_checkpointing",
    "precision"};
inline const std::vector<std::string> kPretrainOverrides = {"steps",
                                                            "batch_tokens",
                                                            "sequence_length",
                                                            "pack_sequences",
                                                            "pack_pairs",
                                                            "separator",
                                                            "budget_share",
                                                            "dropout",
                                                            "learning_rate",
                                                            "optimizer",
                                                            "schedule",
                                                            "accumulate",
                                                            "label_smoothing",
                                                            "z_loss",
                                                            "ema",
                                                            "activation_checkpointing",
                                                            "precision"};
void override_tune(const TomlTable& table, TuneSettings& tune, const Entries& optimizers);
void override_pretrain(const TomlTable& table, PretrainSettings& pretrain,
                       const Entries& optimizers);

}  // namespace dovetail
