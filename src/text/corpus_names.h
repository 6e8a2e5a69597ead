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

// Some documents of the corpus, at most so many and at most so many bytes of its beginning; of a
// known corpus, from all of it. Extracts nothing. ConfigError as corpus_text.
std::vector<std::string> corpus_sample(const std::string& name, size_t documents,
                                       size_t most_bytes = size_t{1} << 23);

// Content hash of that file, computed without extracting it. ConfigError as corpus_text.
std::string corpus_fingerprint(const std::string& name);

std::vector<std::string> corpus_names();

}  // namespace dovetail
