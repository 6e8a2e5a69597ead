// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "metrics/tokens.h"

namespace dovetail {

// The words of mteval-v13a (NIST), as sacrebleu's tokenizer "13a" finds them: ASCII punctuation
// stands alone, but for apostrophes, for full stops and commas between digits, and for hyphens that
// no digit precedes. Case stays; &quot; &amp; &lt; &gt; are read as the characters they stand for.
Tokens tokenize_13a(std::string_view text);

}  // namespace dovetail
