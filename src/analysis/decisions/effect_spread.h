// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/statistics.h"

// An effect with its standard errors, and what they allow to say of it: Student's t, nothing drawn.
namespace dovetail {

// How far a mean may lie from the truth, by one source of chance.
struct Spread {
  std::string of;  // what was drawn: "tasks", "pre-training runs", "examples and runs"
  double standard_error = 0;
  double degrees = 1;  // of freedom, at least 1
};

// An effect must stand against each of its spreads alone: its interval is the widest of theirs, its
// p-value the largest. Without a spread nothing is known, and nothing can be said.
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

// The mean of `values`, each of an equal share, drawn from many. Two values or more.
Spread spread_of(const std::vector<double>& values, std::string of);

// The value below which Student's t lies with probability `p`. Degrees are rounded down.
double student_quantile(double p, double degrees);

}  // namespace dovetail
