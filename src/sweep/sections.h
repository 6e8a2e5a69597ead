// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// The tables of a sweep file, each read over the defaults (or over what it overrides).
namespace dovetail {

inline const std::vector<std::string> kOptimizers = {"adamw", "adafactor"};
inline const std::vector<std::string> kSchedules = {"constant", "linear", "cosine"};

// A name, or a table of the keys of OptimizerSettings.
OptimizerSettings read_optimizer(const toml::node& node, OptimizerSettings base);
// { fixed = 60 }, { per_epoch = 5, at_least = 40, at_most = 400 } or a whole number.
StepSettings read_steps(const toml::node& node);

PretrainSettings read_pretrain(const toml::node& node);
TuneSettings read_tune(const toml::node& node);
EvaluateSettings read_evaluate(const toml::node& node, const std::vector<std::string>& metrics);

// The vocabulary of [text], into Sweep::vocabulary and Sweep::vocabulary_file.
void read_vocabulary(const toml::node& node, Sweep& sweep);
// The corpus of [text]: names, or text files made absolute.
std::vector<std::string> read_corpus(const toml::node& node, const Sweep& sweep,
                                     const std::vector<std::string>& known);

// What an axis value may override, and the overriding.
inline const std::vector<std::string> kTuneOverrides = {"learning_rate", "optimizer", "schedule",
                                                        "steps"};
inline const std::vector<std::string> kPretrainOverrides = {
    "steps", "batch_tokens", "sequence_length", "pack", "dropout", "learning_rate", "optimizer", "schedule"};
void override_tune(const TomlTable& table, TuneSettings& tune);
void override_pretrain(const TomlTable& table, PretrainSettings& pretrain);

std::vector<std::string> names_of(const std::vector<CatalogueEntry>& entries);

}  // namespace dovetail
