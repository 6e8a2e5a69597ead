// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace dovetail {

namespace {

// Beyond these, Student's t is the normal distribution to eight digits.
constexpr double kManyDegrees = 1e8;

double away_from_zero(double value) { return std::abs(value) < 1e-300 ? 1e-300 : value; }

// The continued fraction of the incomplete beta function (Abramowitz and Stegun 1964, 26.5.8),
// evaluated by Lentz's method as Thompson and Barnett 1986 modified it.
double beta_fraction(double a, double b, double x) {
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), fraction = d;
  for (int m = 1; m <= 10'000; ++m) {
    const double k = m;
    const double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
    const double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
    double factor = 1;
    for (const double term : {even, odd}) {
      d = 1 / away_from_zero(1 + term * d);
      c = away_from_zero(1 + term / c);
      factor = c * d;
      fraction *= factor;
    }
    if (std::abs(factor - 1) < 1e-14) break;
  }
  return fraction;
}

// The regularised incomplete beta function I_x(a, b).
double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast on this side of the mean.
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double t_cdf(double t, double degrees) {
  DOVETAIL_CHECK(degrees > 0);
  const double n = std::min(degrees, kManyDegrees);
  if (!std::isfinite(t)) return t > 0 ? 1 : 0;
  // Abramowitz and Stegun 1964, 26.5.27: the probability outside -|t| to |t|. The lower tail keeps
  // the digits of small probabilities.
  const double outside = incomplete_beta(n / 2, 0.5, n / (n + t * t));
  return t < 0 ? outside / 2 : 1 - outside / 2;
}

double t_quantile(double probability, double degrees) {
  DOVETAIL_CHECK(probability > 0 && probability < 1);
  const double tail = std::min(probability, 1 - probability);
  if (tail == 0.5) return 0;
  double low = -1, high = 0;
  while (t_cdf(low, degrees) > tail && low > -1e150) low *= 2;
  for (int halving = 0; halving < 200 && high - low > 1e-12 * std::abs(low); ++halving) {
    const double middle = (low + high) / 2;
    (t_cdf(middle, degrees) < tail ? low : high) = middle;
  }
  const double lower = (low + high) / 2;
  return probability < 0.5 ? lower : -lower;
}

double f_upper_tail(double f, double degrees_above, double degrees_below) {
  DOVETAIL_CHECK(degrees_above > 0 && degrees_below > 0);
  if (f <= 0) return 1;
  if (!std::isfinite(f)) return 0;
  const double below = std::min(degrees_below, kManyDegrees);
  // Abramowitz and Stegun 1964, 26.6.2.
  return incomplete_beta(below / 2, degrees_above / 2, below / (below + degrees_above * f));
}

}  // namespace dovetail
