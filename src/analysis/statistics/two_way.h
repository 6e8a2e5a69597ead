// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/statistics/variance.h"

// The two-way analysis of variance of a table without gaps, [row][column], one value a place.
namespace dovetail {

using Table = std::vector<std::vector<double>>;

std::vector<double> column_means(const Table& table);
double row_mean(const std::vector<double>& row);

// The residual mean square: what neither row nor column explains, with (rows - 1)(columns - 1)
// degrees of freedom. 0 for one row or column.
Variance interaction(const Table& table);

}  // namespace dovetail
