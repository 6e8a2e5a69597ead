// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

namespace dovetail {

// An estimated variance, and how well it is known. Independent parts are added. The degrees of
// freedom of the sum are Satterthwaite's (1946, "An Approximate Distribution of Estimates of
// Variance Components", Biometrics Bulletin 2(6)).
struct Variance {
  double value = 0;
  // Half the variance of the estimate itself: the sum over the parts of value^2 / degrees.
  double doubt = 0;
  bool known = true;  // false: a part of it cannot be estimated, and is not in `value`

  static Variance of(double value, double degrees) { return {value, value * value / degrees}; }
  static Variance unknown() { return {0, 0, false}; }

  double degrees() const {
    return doubt > 0 ? value * value / doubt : std::numeric_limits<double>::infinity();
  }
  Variance operator+(const Variance& other) const {
    return {value + other.value, doubt + other.doubt, known && other.known};
  }
  Variance operator*(double factor) const {
    return {value * factor, doubt * factor * factor, known};
  }
};

}  // namespace dovetail
