// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// FLOP/s that one thread of this machine reaches now in the matrix products of small T5s. Computes
// for about a tenth of a second.
double measured_products_speed();

}  // namespace dovetail
