// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "metrics/tokens.h"

namespace dovetail {

// The words of mteval-v13a (NIST), as in sacrebleu's tokenizer "13a": ASCII punctuation makes
// tokens of its own, except apostrophes, full stops and commas between digits, and hyphens that
// follow no digit. Case is kept; &quot; &amp; &lt; &gt; are decoded.
Tokens tokenize_13a(std::string_view text);

}  // namespace dovetail
