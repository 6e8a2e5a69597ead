// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace dovetail {

// The words of the rouge-score package: lower-cased runs of [a-z0-9]. Everything else separates
// words, letters beyond ASCII too: Words::ascii.
std::vector<std::string> alphanumeric_tokens(std::string_view text);

using Tokens = std::vector<std::string>;

// Splits at whitespace as Python's str.split() with no argument: Unicode's whitespace counts.
Tokens split_white_space(std::string_view text);

// Splits at single spaces as Python's str.split(" "): two spaces have an empty token between them,
// and the empty text is one empty token.
Tokens split_at_spaces(std::string_view text);

// Answers that are then equal count as the same: case, runs of whitespace and whitespace at the
// ends do not matter, in any script, nor whether an accent is a character of its own.
std::string normalised_answer(std::string_view text);

// The best of score(prediction, reference) over the references, of which there is at least one.
double best_over_references(std::string_view prediction, std::span<const std::string> references,
                            const std::function<double(const Tokens&, const Tokens&)>& score,
                            Tokens (*tokenize)(std::string_view) = alphanumeric_tokens);

// F1 of the tokens in common, in any order; one counts as often as both sides have it.
double f1_of_tokens(const Tokens& prediction, const Tokens& reference);

// F1, 2PR / (P + R), for `matches` words that prediction and reference share; 0 without a match.
double f1(size_t matches, size_t prediction_size, size_t reference_size);

}  // namespace dovetail
