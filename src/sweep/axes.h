// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// The values of one axis, by its name in kAxes; reads what `sweep` holds already: [pretrain] and
// [tune], which a value may override. Labels are unique on the axis.
std::vector<AxisValue> read_axis(const toml::node& node, const std::string& axis,
                                 const Sweep& sweep, const Catalogues& catalogues);

// One [[exclude]] table; the labels and globs of each line become the labels that they match.
Sweep::Exclusion read_exclusion(const toml::node& node, const Sweep& sweep);

// Letters, digits and . _ + = - only: labels become parts of names, paths and HDF5 coordinates.
void check_label(const std::string& label, const toml::source_region& place);

}  // namespace dovetail
