// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// [tune], and the keys of it that a value of the axis "tuning" may override.
namespace dovetail {

// A whole number, { fixed = 60 }, or { per_epoch = 5, at_least = 40, at_most = 400 }.
StepSettings read_steps(const toml::node& node);

TuneSettings read_tune(const toml::node& node, const Entries& optimizers);

inline const std::vector<std::string> kTuneOverrides = {"learning_rate",
                                                        "learning_rates",
                                                        "optimizer",
                                                        "schedule",
                                                        "steps",
                                                        "dropout",
                                                        "accumulate",
                                                        "label_smoothing",
                                                        "z_loss",
                                                        "ema",
                                                        "activation_checkpointing",
                                                        "precision"};
// Checks the values of the axis "tuning" once the whole file is read: choices by validation need
// validation examples and a metric that is measured, and every tuning as many learning rates, so
// that none is compared at a better rate for having had more of them to choose from.
void check_choices(const Sweep& sweep);
void override_tune(const TomlTable& table, TuneSettings& tune, const Entries& optimizers);

}  // namespace dovetail
