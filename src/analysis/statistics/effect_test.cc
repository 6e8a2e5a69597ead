// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/effect_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/intervals.h"
#include "base/error.h"

namespace dovetail {

namespace {

// A standard error below this is rounding: all values were the same.
constexpr double kNoSpread = 1e-7;
// So many degrees are the normal distribution, and can be written into any file.
constexpr double kEnoughDegrees = 1e6;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Hall's transformation of Student's statistic, whose distribution is closer to Student's t where
// values are skewed. It is an expansion around 0 and flat at -3 / skew: there no effect would be
// seen, however large. Beyond twice the 95 % quantile it goes on with slope 1.
class HallsTransformation {
 public:
  explicit HallsTransformation(const Spread& spread)
      : k_(spread.skew), reach_(k_ == 0 ? 0 : 2 * t_quantile(0.975, spread.degrees)) {}

  double of(double t) const {
    const double near = std::clamp(t, -reach_, reach_);
    return expansion(near) + (t - near);
  }
  double inverse(double x) const {
    const double near = std::clamp(x, expansion(-reach_), expansion(reach_));
    const double t =
        std::abs(k_) < 1e-6 ? near : 3 / k_ * (std::cbrt(1 + k_ * (near - k_ / 6)) - 1);
    return t + (x - near);
  }

 private:
  double expansion(double t) const {
    return t + k_ * t * t / 3 + k_ * k_ * t * t * t / 27 + k_ / 6;
  }

  double k_, reach_;
};

// The one-sided p-values of a mean that lies so far above `against`, in units of the mean.
struct Tails {
  double below = 1, above = 1;  // of the truth being at least, and at most, `against`
};

Tails tails_of(double distance, const Spread& spread) {
  if (spread.standard_error < kNoSpread) {
    if (std::abs(distance) < kNoSpread) return {0.5, 0.5};
    return distance > 0 ? Tails{1, 0} : Tails{0, 1};
  }
  Tails tails{0, 0};
  const double t = distance / spread.standard_error;
  for (const double statistic : {t, HallsTransformation(spread).of(t)}) {
    // each by its lower tail, in which small numbers keep their digits
    tails.below = std::max(tails.below, t_cdf(statistic, spread.degrees));
    tails.above = std::max(tails.above, t_cdf(-statistic, spread.degrees));
  }
  return tails;
}

template <typename Value>
double largest(const std::vector<Spread>& spreads, double without, const Value& value) {
  double found = spreads.empty() ? without : 0;
  for (const Spread& spread : spreads) found = std::max(found, value(spread));
  return found;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

Spread spread_of(const Variance& variance, std::string of) {
  return {std::move(of), std::sqrt(variance.value),
          std::clamp(variance.degrees(), 1.0, kEnoughDegrees)};
}

Spread sample_spread(const std::vector<double>& values, std::string of) {
  DOVETAIL_CHECK(values.size() > 1);
  const double n = static_cast<double>(values.size()), mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {std::move(of), std::sqrt(squares / (n - 1) / n), n - 1};
}

Spread skewed_sample_spread(const std::vector<double>& values, std::string of) {
  DOVETAIL_CHECK(values.size() > 2);
  Spread spread = sample_spread(values, std::move(of));
  const double n = static_cast<double>(values.size()), mean = mean_of(values);
  spread.degrees = n - 2;
  if (spread.standard_error < kNoSpread) return spread;
  double cubes = 0;
  for (const double value : values)
    cubes += std::pow((value - mean) / (spread.standard_error * std::sqrt(n)), 3);
  // the unbiased estimate for a normal sample
  spread.skew = cubes * n / ((n - 1) * (n - 2)) / std::sqrt(n);
  return spread;
}

Estimate EffectTest::interval(double confidence) const {
  const auto reach = [&](double side) {
    return largest(spreads, kInfinite, [&](const Spread& spread) {
      const double t = t_quantile((1 + confidence) / 2, spread.degrees);
      return side * HallsTransformation(spread).inverse(side * t) * spread.standard_error;
    });
  };
  Estimate estimate{mean, mean - reach(1), mean + reach(-1)};
  if (spreads.empty()) return estimate;
  const Spread& widest = *std::ranges::max_element(spreads, {}, &Spread::standard_error);
  estimate.standard_error = widest.standard_error;
  estimate.degrees = widest.degrees;
  return estimate;
}

double EffectTest::p_value(double against) const {
  return largest(spreads, 1, [&](const Spread& spread) {
    const Tails tails = tails_of(mean - against, spread);
    return std::min(1.0, 2 * std::min(tails.below, tails.above));
  });
}

double EffectTest::p_beyond(double margin) const {
  return largest(spreads, 1, [&](const Spread& spread) {
    return std::max(tails_of(mean - margin, spread).below, tails_of(mean + margin, spread).above);
  });
}

double EffectTest::detectable(double level, double power) const {
  return largest(spreads, kInfinite, [&](const Spread& spread) {
    return detectable_difference(spread.standard_error, spread.degrees, power, level);
  });
}

}  // namespace dovetail
