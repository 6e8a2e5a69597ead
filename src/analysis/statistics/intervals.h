// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/statistics/run_variance.h"
#include "analysis/statistics/statistics.h"
#include "analysis/statistics/variance.h"

// t intervals of means and paired differences, over test examples and trained runs.
//
// The variance of the mean of a table of runs by examples has two parts, which are estimated apart:
//
//   examples  (mean square of examples - residual mean square) / (runs x examples), at least 0:
//             what other examples would change, with as many runs
//   runs      RunVariance, pooled over all cells of the task: what other runs would change, the
//             luck of single answers included
//
// With one run the runs' part is unknown. The interval is then of the examples alone, with the luck
// of single answers, and Estimate::runs_known is false.
namespace dovetail {

struct IntervalOptions {
  double confidence = 0.95;
};

// The examples' part. With one run it holds all that varies between examples.
Variance example_variance(const Scores& table);

// The mean of a table whose rows are runs. `runs`: the cells that it was averaged from, each with
// its weight; empty where nothing was trained. `scores` has a row.
Estimate mean_estimate(const Scores& scores, const std::vector<RunWeight>& runs,
                       const RunVariance& variance, const IntervalOptions& options = {});

// A side of a difference.
struct Side {
  const Scores& scores;
  std::vector<RunWeight> runs;
};

// mean(a) - mean(b), paired by example, and by seed where they share seeds.
Estimate difference_estimate(const Side& a, const Side& b, const RunVariance& variance,
                             const IntervalOptions& options = {});

// The interval of a mean with this variance.
Estimate t_estimate(double mean, const Variance& variance, const IntervalOptions& options = {});

// The smallest true difference that a two-sided test at `level` finds with probability `power`:
// (t of 1 - level / 2 + t of power) standard errors, the usual approximation (Bloom 1995, "Minimum
// Detectable Effects", Evaluation Review 19(5)).
double detectable_difference(double standard_error, double degrees, double power = 0.8,
                             double level = 0.05);

}  // namespace dovetail
