// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "text/special_ids.h"
#include "text/tokenizer_folder.h"
#include "text/vocabulary_parts.h"

namespace dovetail {

// Fills in what stands beside a model's pieces, which `parts` holds: added tokens of the folder's
// files with their ids, sentinels on top where no file numbers them, special ids (`of_model`: those
// that the model itself names; -1: none), and </s> as the frame of a text where there is none.
// Throws DataError, which begins with `where`, for ids that clash, and without a padding token and
// one that ends a text.
void number_tokens(const TokenizerFolder& found, SpecialIds of_model, const std::string& where,
                   VocabularyParts& parts);

}  // namespace dovetail
