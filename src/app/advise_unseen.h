// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dovetail {

// A task that was never swept: a file of examples, and how it is put to the models.
struct UnseenTask {
  std::string examples;         // JSON lines of source and target, or a data set card
  std::string prefix = "task";  // of JSON lines: what stands before a source
  std::string phrase;           // of JSON lines: what Prompting says; "" leaves the source as it is
  int64_t count = 32;           // examples that are looked at
};

// What each selector says of it, from the sweep's own probes (its starts as they are, after a few
// shots, in a race; the classifier of relations) put to these examples, and from its results on
// other tasks. As text for a terminal. Throws ConfigError for a sweep without probes ([select]),
// and for artefacts that are gone.
std::string advise_unseen(const std::filesystem::path& results, const std::filesystem::path& store,
                          const UnseenTask& task, const std::string& size);

}  // namespace dovetail
