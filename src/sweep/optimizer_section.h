// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// Optimizers and training options, which [pretrain], [adapt], [tune] and values of axes may set.
namespace dovetail {

inline const std::vector<std::string> kSchedules = {"constant", "linear", "cosine"};

// The first optimizer of the catalogue, its parameters at their defaults.
OptimizerSettings default_optimizer(const Entries& optimizers);

// A name, or a table of the keys of OptimizerSettings and of the optimizer's own parameters.
// Parameters of `base` are kept where the name is the same.
OptimizerSettings read_optimizer(const toml::node& node, OptimizerSettings base,
                                 const Entries& optimizers);

// Reads the keys optimizer, learning_rate and schedule of a table over `optimizer`.
void override_optimizer(const TomlTable& table, OptimizerSettings& optimizer,
                        const Entries& optimizers);

// Reads the keys of TrainingOptions, which are keys of the table itself.
void read_options(const TomlTable& table, TrainingOptions& options);

}  // namespace dovetail
