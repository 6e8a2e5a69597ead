// SPDX-License-Identifier: Apache-2.0
#pragma once

// Student's t and Fisher's F, with degrees of freedom that need not be whole numbers.
namespace dovetail {

// The probability that Student's t with `degrees` > 0 of freedom is at most t.
double t_cdf(double t, double degrees);
// Its inverse, for 0 < probability < 1.
double t_quantile(double probability, double degrees);
// The probability that Fisher's F with these degrees of freedom is above f.
double f_upper_tail(double f, double degrees_above, double degrees_below);

}  // namespace dovetail
