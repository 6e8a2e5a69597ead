// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dovetail {

// A task that was not swept: a file of examples, and how templates present it.
struct UnseenTask {
  std::string examples;         // JSON lines of source and target, or a data set card
  std::string prefix = "task";  // of JSON lines: stands before a source
  std::string phrase;           // of JSON lines: the phrase of prompting; "" for the bare source
  int64_t count = 32;           // examples to probe
};

// The choice of each selector for the task, as text for a terminal. Selectors use the sweep's
// results on other tasks and the sweep's own probes on these examples: zero-shot, after a few
// shots, in a race, and by the relation classifier. Throws ConfigError for a sweep without probes
// ([select]), and for missing artefacts.
std::string advise_unseen(const std::filesystem::path& results, const std::filesystem::path& store,
                          const UnseenTask& task, const std::string& size);

}  // namespace dovetail
