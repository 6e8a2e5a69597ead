// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "metrics/tokens.h"

namespace dovetail {

// Length of the longest list of tokens that both contain in this order, gaps allowed.
size_t longest_common_subsequence(const Tokens& a, const Tokens& b);

// Its F1: precision over the prediction's tokens, recall over the reference's (Lin 2004,
// sec. 3.1).
double rouge_l_f1(const Tokens& prediction, const Tokens& reference);

}  // namespace dovetail
