// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// [pretrain], and the keys of it that a value of the axis "objective" may override.
namespace dovetail {

PretrainSettings read_pretrain(const toml::node& node, const Entries& optimizers);
// `replicates` of [pretrain]: runs for each objective. Part of no run's settings.
int64_t read_replicates(const toml::node& pretrain);

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
                                                            "precision",
                                                            "replicates"};

void override_pretrain(const TomlTable& table, PretrainSettings& pretrain,
                       const Entries& optimizers);

}  // namespace dovetail
