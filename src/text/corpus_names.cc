// SPDX-License-Identifier: Apache-2.0
#include "text/corpus_names.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "base/checksum.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/names.h"
#include "base/near_path.h"
#include "base/this_process.h"
#include "text/document_reader.h"
#include "wordnet/wordnet.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kWordnetText = "wordnet-text";
constexpr int kWordnetTextVersion = 1;  // raise it when write_wordnet_text writes other lines

fs::path wordnet_text(const fs::path& cache) {
  const fs::path target =
      cache / fmt::format("{}-{}.txt", kWordnetText, corpus_fingerprint(kWordnetText));
  if (fs::exists(target)) {
    const std::string damage = damage_of_file(target);
    if (damage.empty()) return target;
    log_warning("{} {}, so it is made again", target.string(), damage);
  }
  make_folders(cache);
  static std::atomic<int> counter = 0;
  fs::path temporary = target;
  temporary += fmt::format(".{}.{}.{}.tmp", host_name(), ::getpid(), counter++);
  try {
    write_wordnet_text(shared_wordnet(), temporary);
    sync_path(temporary);
    fs::rename(temporary, target);  // replaces the same file from another rank
    write_checksum(target);
  } catch (...) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
  return target;
}

[[noreturn]] void fail_unknown(const std::string& name) {
  throw_<ConfigError>("\"{}\" is neither a known corpus nor a text file; {}{}", name,
                      did_you_mean(name, corpus_names()), near_path_hint(name));
}

}  // namespace

std::vector<std::string> corpus_names() { return {kWordnetText}; }

fs::path corpus_text(const std::string& name, const fs::path& cache) {
  if (name == kWordnetText) return wordnet_text(cache);
  if (!fs::is_regular_file(name)) fail_unknown(name);
  return name;
}

std::vector<std::string> corpus_sample(const std::string& name, size_t documents,
                                       size_t most_bytes) {
  std::vector<std::string> sample;
  if (name == kWordnetText) {
    const std::vector<Synset>& synsets = shared_wordnet().synsets();
    const size_t stride = std::max<size_t>(1, synsets.size() / std::max<size_t>(1, documents));
    for (size_t i = 0; i < synsets.size() && sample.size() < documents; i += stride) {
      sample.push_back(synsets[i].definition);
      for (const std::string& example : synsets[i].examples) sample.push_back(example);
    }
    return sample;
  }
  if (!fs::is_regular_file(name)) fail_unknown(name);
  DocumentReader reader({name});
  std::string document;
  size_t bytes = 0;
  while (sample.size() < documents && bytes < most_bytes && reader.next(document)) {
    bytes += document.size();
    sample.push_back(document);
  }
  return sample;
}

std::string corpus_fingerprint(const std::string& name) {
  if (name == kWordnetText) {
    return content_hash(fmt::format("{} {} {}", name, kWordnetTextVersion, wordnet_fingerprint()));
  }
  if (!fs::is_regular_file(name)) fail_unknown(name);
  return file_hash(name);
}

}  // namespace dovetail
