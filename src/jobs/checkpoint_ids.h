// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "text/vocabulary.h"

namespace dovetail {

// Checks that a checkpoint's tokenizer and generation settings belong together, for a sweep: a
// model that is trained on texts which the tokenizer ends with an id that ends no answer would
// never stop. Throws ConfigError with both. Notes which settings of generation_config.json the
// sweep sets aside, because its [evaluate] says how answers are decoded.
void check_checkpoint_ids(const std::filesystem::path& folder, const Vocabulary& vocabulary);

}  // namespace dovetail
