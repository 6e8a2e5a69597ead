// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// Reads the values of one axis, named as in kAxes. `sweep` must hold the tables that a value may
// override: [pretrain], [adapt] and [tune]. ConfigError if two values have one label.
std::vector<AxisValue> read_axis(const toml::node& node, const std::string& axis,
                                 const Sweep& sweep, const Catalogues& catalogues);

// Reads one [[exclude]] table. The labels and globs of each line become the labels they match.
Sweep::Exclusion read_exclusion(const toml::node& node, const Sweep& sweep);

// ConfigError for a label with other characters than letters, digits and . _ + = -, because labels
// become parts of names, paths and HDF5 coordinates.
void check_label(const std::string& label, const toml::source_region& place);

}  // namespace dovetail
