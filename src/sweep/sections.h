// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// The tables of a sweep file, each read over the defaults (or over what it overrides).
namespace dovetail {

using Entries = std::vector<CatalogueEntry>;

inline const std::vector<std::string> kSchedules = {"constant", "linear", "cosine"};

// What an optimizer begins as: the first of the catalogue, its parameters at their defaults.
OptimizerSettings default_optimizer(const Entries& optimizers);
// A name, or a table of the keys of OptimizerSettings with its parameters among them. Parameters
// of `base` stay where the name does.
OptimizerSettings read_optimizer(const toml::node& node, OptimizerSettings base,
                                 const Entries& optimizers);
// learning_rate and schedule may stand beside an optimizer, or instead of it.
void override_optimizer(const TomlTable& table, OptimizerSettings& optimizer,
                        const Entries& optimizers);
// The keys of TrainingOptions, which stand in the table itself.
void read_options(const TomlTable& table, TrainingOptions& options);
// { fixed = 60 }, { per_epoch = 5, at_least = 40, at_most = 400 } or a whole number.
StepSettings read_steps(const toml::node& node);

PretrainSettings read_pretrain(const toml::node& node, const Entries& optimizers);
TuneSettings read_tune(const toml::node& node, const Entries& optimizers);
EvaluateSettings read_evaluate(const toml::node& node, const Catalogues& catalogues);
SelectSettings read_select(const toml::node& node);
// The metrics that a record has: one of a further decoding goes by METRIC@DECODING.
std::vector<std::string> under_all_decodings(const std::vector<std::string>& metrics,
                                             const EvaluateSettings& evaluate);

// The vocabulary of [text], into Sweep::vocabulary and Sweep::vocabulary_file.
void read_vocabulary(const toml::node& node, Sweep& sweep);
// The corpus of [text]: names, or text files made absolute.
std::vector<std::string> read_corpus(const toml::node& node, const Sweep& sweep,
                                     const std::vector<std::string>& known);

// What an axis value may override, and the overriding.
inline const std::vector<std::string> kTuneOverrides = {
    "learning_rate", "optimizer",  "schedule",
    "steps",         "accumulate", "label_smoothing",
    "z_loss",        "ema",        "activation_checkpointing",
    "precision"};
inline const std::vector<std::string> kPretrainOverrides = {"steps",
                                                            "batch_tokens",
                                                            "sequence_length",
                                                            "pack",
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

std::vector<std::string> names_of(const std::vector<CatalogueEntry>& entries);

}  // namespace dovetail
