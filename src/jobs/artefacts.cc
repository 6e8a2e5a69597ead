// SPDX-License-Identifier: Apache-2.0
#include "jobs/artefacts.h"

#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "tasks/find_task.h"
#include "text/build_corpus.h"
#include "text/corpus_names.h"

namespace dovetail {

namespace fs = std::filesystem;

Artefacts::Artefacts(fs::path store, const at::Device& device)
    : store_(std::move(store)), device_(device) {
  fs::create_directories(cache());
}

fs::path Artefacts::partial_file(const std::string& key) const {
  return store_ / (key + ".partial.safetensors");
}

std::shared_ptr<const Vocabulary> Artefacts::vocabulary(
    const fs::path& folder, const std::vector<std::string>& add_tokens) {
  return vocabularies_.get(folder.string() + "\n" + join(add_tokens, "\n"),
                           [&] { return Vocabulary::from_folder(folder, add_tokens); });
}

std::shared_ptr<const Checkpoint> Artefacts::checkpoint(const fs::path& folder) {
  return checkpoints_.get(folder.string(), [&] { return load_checkpoint(folder); });
}

std::shared_ptr<const TaskData> Artefacts::task(const std::string& name_or_card,
                                                const std::string& fingerprint) {
  return tasks_.get(name_or_card + "@" + fingerprint,
                    [&] { return find_task(name_or_card).load(); });
}

fs::path Artefacts::text(const std::vector<CorpusSource>& sources, const JobLocations& locations) {
  std::vector<fs::path> files;
  for (size_t i = 0; i < sources.size(); ++i) {
    const std::string& place = i < locations.corpus.size() ? locations.corpus[i] : sources[i].name;
    files.push_back(corpus_text(place, cache()));
  }
  if (files.size() == 1) return files[0];
  const fs::path joined = cache() / (content_hash(Json(sources).dump()) + ".txt");
  if (!fs::exists(joined)) {
    std::string all;
    for (const fs::path& file : files) {
      all += read_file(file);
      if (!all.empty() && all.back() != '\n') all += '\n';
    }
    write_file_atomically(joined, all);
  }
  return joined;
}

std::shared_ptr<const TokenCorpus> Artefacts::corpus(const std::vector<CorpusSource>& sources,
                                                     const JobLocations& locations,
                                                     const Vocabulary& vocabulary) {
  std::string identity = vocabulary.content_hash();
  for (const CorpusSource& source : sources) identity += source.fingerprint;
  const fs::path file = cache() / (content_hash(identity) + ".tokens");
  return corpora_.get(file.string(), [&] {
    if (!fs::exists(file)) build_corpus({text(sources, locations)}, vocabulary, file);
    return TokenCorpus(file);
  });
}

}  // namespace dovetail
