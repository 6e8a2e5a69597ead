// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace dovetail {

// Trains a unigram vocabulary on the documents of a text file (see DocumentReader) and writes
// spiece.model into `folder`. `vocab_size` counts pad, </s> and <unk>, but not the sentinels.
// `max_lines` limits the training to so many documents, evenly spread over the file; 0: all. The
// same text, settings and number of threads give the same file, byte for byte. Throws Interrupted
// within a second of a stop request, ConfigError for a text that is too small for the vocabulary
// (the message has the largest possible size), DataError for a file without text.
void train_vocabulary(const std::filesystem::path& text_file, int64_t vocab_size, int64_t threads,
                      int64_t max_lines, const std::filesystem::path& folder);

}  // namespace dovetail
