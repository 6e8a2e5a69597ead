// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// FLOP/s that one thread of this machine reaches in the matrix products of small T5s: the best of
// many short samples of processor time, so that other work on the machine counts little. Takes a
// tenth of a second of it.
double measured_products_speed();

}  // namespace dovetail
