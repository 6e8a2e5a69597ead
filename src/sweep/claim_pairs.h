// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/label_patterns.h"
#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// The parts of a [[claim]] table that name cells and metrics. Globs become the labels that they
// match. All throw ConfigError "FILE:LINE:COLUMN: ..." for what the sweep does not have.
namespace dovetail {

using AxisNames = std::vector<std::string>;

inline constexpr PatternPlace kClaimPlace = {"[[claim]]", "the claim"};

// The sweep's axes but for those named.
AxisNames axes_without(const Sweep& sweep, const AxisNames& left_out);
// The labels that the table gives to these axes.
AxisLabels read_labels(const TomlTable& table, const AxisNames& axes, const Sweep& sweep);

// A metric that is a mean over examples, or "loss".
std::string read_metric(const toml::node& node, const Sweep& sweep);

// `where` and `more_than`, for all pairs of a claim; a pair's own lines override them.
void read_conditions(const TomlTable& table, const Sweep& sweep, ClaimPair& pair);
// Refuses an axis that stands in two places, or is replaced where nothing is.
void check_places(const TomlTable& table, const ClaimPair& pair);

// `better` and `worse`, or the [[claim.pair]] tables.
void read_pairs(const TomlTable& table, const Sweep& sweep, Claim& claim);

}  // namespace dovetail
