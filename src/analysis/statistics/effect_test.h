// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/statistics.h"
#include "analysis/statistics/variance.h"

// An effect with its standard errors, and what they allow to say of it: Student's t, nothing drawn.
namespace dovetail {

// How far a mean may lie from the truth, by one source of chance.
struct Spread {
  std::string of;  // what was drawn: "tasks", "pre-training runs", "examples and runs"
  double standard_error = 0;
  double degrees = 1;  // of freedom, at least 1
  double skew = 0;     // skewness of what was drawn, over the root of its number
};

// An effect must stand against each of its spreads alone: its interval is the widest of theirs, its
// p-value the largest. Without a spread nothing is known, and nothing can be said.
//
// Where the spread is skewed, the interval has Hall's correction (1992, "On the Removal of Skewness
// by Transformation", Journal of the Royal Statistical Society B 54(1)). The p-value is the larger
// one of Hall's test and Student's: under the strict level of a family Hall's alone rejects too
// often where nothing is skewed, Student's alone where something is. So an effect whose p-value is
// below 5 % is always outside its 95 % interval.
struct EffectTest {
  double mean = 0;
  std::vector<Spread> spreads;

  // Of low and high; items and seeds are left 0.
  Estimate interval(double confidence) const;
  // Two-sided, of the effect being `against`.
  double p_value(double against) const;
  // Of the effect being `margin` or more, to either side (two one-sided tests: Schuirmann 1987).
  double p_beyond(double margin) const;
  // The smallest distance of a true effect from the value asked about that a test at this level,
  // two-sided, finds with the probability `power`. Infinite without a spread.
  double detectable(double level, double power) const;
};

// The spread of an estimate with this variance.
Spread spread_of(const Variance& variance, std::string of);

// The mean of `values`, each of an equal share, drawn from many. Two values or more.
Spread sample_spread(const std::vector<double>& values, std::string of);

// The same with the skewness of the values, which takes one more degree of freedom. Three or more.
Spread skewed_sample_spread(const std::vector<double>& values, std::string of);

}  // namespace dovetail
