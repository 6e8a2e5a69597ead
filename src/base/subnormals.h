// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// Makes floats below 1.2e-38 (subnormal numbers) count as zero, in this thread and in those that it
// starts. A processor computes with them many times as slowly as with others, and a model that
// knows its few examples by heart is full of them: attention and probabilities of e^-90 and their
// gradients.
void flush_subnormals();

// Whether they count as zero in this thread, found by computing with one.
bool flushes_subnormals();

}  // namespace dovetail
