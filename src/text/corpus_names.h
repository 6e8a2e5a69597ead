// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dovetail {

// The text file of a corpus, with one document a line. `name` is a known corpus ("wordnet-text"),
// which is extracted into `cache` first (again, if that file is damaged), or a text file.
// ConfigError for any other name.
std::filesystem::path corpus_text(const std::string& name, const std::filesystem::path& cache);

// Content hash of that file, computed without extracting it. ConfigError as corpus_text.
std::string corpus_fingerprint(const std::string& name);

std::vector<std::string> corpus_names();

}  // namespace dovetail
