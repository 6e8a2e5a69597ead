// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/effect_spread.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/statistics/distributions.h"
#include "base/error.h"

namespace dovetail {

namespace {

// A standard error below this is rounding: all values were the same.
constexpr double kNoSpread = 1e-7;

// The inverse of Hall's transformation of Student's statistic.
double bent(double x, double skew) {
  if (std::abs(skew) < 1e-6) return x;
  return 3 / skew * (std::cbrt(1 + skew * (x - skew / 6)) - 1);
}

// The one-sided p-value of the truth lying so far below the mean, or further.
double p_of(double distance, const Spread& spread) {
  if (spread.standard_error < kNoSpread) {
    if (std::abs(distance) < kNoSpread) return 0.5;
    return distance > 0 ? 0 : 1;
  }
  // the lower tail, in which small numbers keep their digits
  return t_cdf(-distance / spread.standard_error, spread.degrees);
}

template <typename Value>
double largest(const std::vector<Spread>& spreads, double without, const Value& value) {
  double found = spreads.empty() ? without : 0;
  for (const Spread& spread : spreads) found = std::max(found, value(spread));
  return found;
}

}  // namespace

Spread spread_of(const std::vector<double>& values, std::string of) {
  DOVETAIL_CHECK(values.size() > 1);
  const double n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {std::move(of), std::sqrt(squares / (n - 1) / n), n - 1};
}

Spread skewed_spread_of(const std::vector<double>& values, std::string of) {
  Spread spread = spread_of(values, std::move(of));
  const double n = static_cast<double>(values.size());
  DOVETAIL_CHECK(values.size() > 2);
  if (spread.standard_error < kNoSpread) return spread;
  double mean = 0, cubes = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values)
    cubes += std::pow((value - mean) / (spread.standard_error * std::sqrt(n)), 3);
  spread.skew = cubes * n / ((n - 1) * (n - 2)) / std::sqrt(n);
  return spread;
}

Estimate EffectTest::interval(double confidence) const {
  const double infinite = std::numeric_limits<double>::infinity();
  const auto reach = [&](double side) {
    return largest(spreads, infinite, [&](const Spread& spread) {
      const double t = t_quantile((1 + confidence) / 2, spread.degrees);
      return side * bent(side * t, spread.skew) * spread.standard_error;
    });
  };
  return {mean, mean - reach(1), mean + reach(-1), 0, 0};
}

double EffectTest::p_value(double against) const {
  return largest(spreads, 1, [&](const Spread& spread) {
    return std::min(1.0, 2 * p_of(std::abs(mean - against), spread));
  });
}

double EffectTest::p_beyond(double margin) const {
  return largest(spreads, 1, [&](const Spread& spread) {
    return std::max(p_of(margin - mean, spread), p_of(margin + mean, spread));
  });
}

double EffectTest::detectable(double level, double power) const {
  return largest(spreads, std::numeric_limits<double>::infinity(), [&](const Spread& spread) {
    return spread.standard_error *
           (t_quantile(1 - level / 2, spread.degrees) + t_quantile(power, spread.degrees));
  });
}

}  // namespace dovetail
