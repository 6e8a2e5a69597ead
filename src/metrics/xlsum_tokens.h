// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "metrics/tokens.h"

namespace dovetail {

// The words of the multilingual ROUGE of XL-Sum (Hasan et al. 2021, csebuetnlp/xl-sum; on PyPI:
// multilingual-rouge) where no language is named: lower-cased runs of letters (with their marks) or
// of numbers. Punctuation, Unicode's and all of ASCII's, separates; a symbol and a Chinese
// ideograph are words of their own. Kana, Thai, Lao, Khmer and Burmese stay together between
// blanks; XL-Sum cuts Chinese, Japanese and Thai by dictionaries where the language is named.
Tokens xlsum_tokens(std::string_view text);

// The blocks of ideographs that BERT's tokenizer, and so XL-Sum's, sets apart.
bool is_bert_ideograph(char32_t code_point);

}  // namespace dovetail
