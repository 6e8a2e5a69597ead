// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "text/vocabulary.h"

namespace dovetail {

struct BuildCorpusOptions {
  int threads = 1;                              // that encode; any number gives the same corpus
  int64_t checkpoint_bytes = int64_t{1} << 24;  // of text between two checkpoints
};

// Tokenizes text files (one document a line, see DocumentReader) into a corpus file and publishes
// it at `target` by rename. Does nothing if a whole corpus is there already, whose tokens it reads
// to know, and replaces one that is cut or damaged.
//
// Several processes may call this at once: one works, the others wait for it. A call that is killed
// or stopped leaves TARGET.partial and TARGET.partial.offsets; the next call resumes from them and
// makes the same file, byte for byte, unless a text file has changed its size or modification time.
// Memory is bounded, whatever the number of documents.
//
// Throws Interrupted within a second of a stop request; DataError for a text file that is missing
// or holds no text, and for a target made with another vocabulary; MachineFailure for a full disk,
// without leaving a partial file.
void build_corpus(const std::vector<std::filesystem::path>& text_files,
                  const Vocabulary& vocabulary, const std::filesystem::path& target,
                  const BuildCorpusOptions& options = {});

}  // namespace dovetail
