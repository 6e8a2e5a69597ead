// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace dovetail {

// The words of the rouge-score package: lower case, runs of [a-z0-9], everything else separates.
// So letters beyond ASCII separate too: for other scripts these metrics say nothing.
std::vector<std::string> alphanumeric_tokens(std::string_view text);

using Tokens = std::vector<std::string>;

// Runs of anything but white space, as Python's str.split() with no argument; Unicode's blanks
// count.
Tokens split_white_space(std::string_view text);

// What stands between single spaces, as Python's str.split(" "): two spaces have an empty token
// between them, and the empty text is one empty token.
Tokens split_at_spaces(std::string_view text);

// Lower case (ASCII), runs of ASCII blanks as one, none at the ends: what counts as the same
// answer.
std::string normalised_answer(std::string_view text);

// The best of score(prediction, reference) over the references. At least one is needed.
double best_over_references(std::string_view prediction, std::span<const std::string> references,
                            const std::function<double(const Tokens&, const Tokens&)>& score);

// 2PR / (P + R) of `matches` among so many words of the prediction and of the reference; 0
// without a match.
double f1(size_t matches, size_t prediction_size, size_t reference_size);

}  // namespace dovetail
