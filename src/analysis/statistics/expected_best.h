// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/statistics/statistics.h"

namespace dovetail {

// What the truly best of several cells is expected to score: what an oracle would reach. Neither
// the highest mean, which is the luckiest, nor the true mean of the cell that has it, which need
// not be the best.
//
// The cells' true means are taken as draws of one normal distribution, with the spread of the
// measured means less their noise (cell_noise.h). Each mean is drawn towards the others by as much
// as is noise, and the expected maximum is that of what is left in doubt (parametric empirical
// Bayes: Morris 1983, Journal of the American Statistical Association 78(381)). Where the cells do
// not differ, it is the mean of all.
//
// `cells` are one or more tables of the same seeds and examples; higher is better.
double expected_best(const std::vector<Scores>& cells);

}  // namespace dovetail
