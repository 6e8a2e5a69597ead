// SPDX-License-Identifier: Apache-2.0
#include "jobs/artefacts.h"

#include <optional>

#include "base/checksum.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/machine_failure.h"
#include "base/names.h"
#include "tasks/find_task.h"
#include "text/build_corpus.h"
#include "text/corpus_names.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// Nothing if the file is missing, or damaged: then it is to be made again.
std::optional<TokenCorpus> whole_corpus(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  try {
    TokenCorpus corpus(file);
    corpus.verify();
    return corpus;
  } catch (const DataError& error) {
    log_warning("{}. It is made again", error.what());
    return std::nullopt;
  }
}

int64_t weight_bytes(const T5Config& config, const T5Weights& weights) {
  int64_t bytes = 0;
  for (const auto& [name, tensor] : named_tensors(config, weights))
    bytes += static_cast<int64_t>(tensor.nbytes());
  return bytes;
}

int64_t bytes_of_checkpoint(const Checkpoint& checkpoint) {
  return weight_bytes(checkpoint.config, checkpoint.weights);
}

// On the CPU the weights are the checkpoint's, and the copies of both ways the model's own.
int64_t bytes_of_frozen(const T5Model& model) {
  return model.device().is_cpu() ? 2 * weight_bytes(model.config(), model.weights()) : 0;
}

}  // namespace

fs::path damaged_aside(const fs::path& artefact) { return fs::path(artefact) += ".damaged"; }

void set_aside_damaged(const fs::path& artefact) {
  std::error_code error;
  fs::remove_all(damaged_aside(artefact), error);
  fs::rename(artefact, damaged_aside(artefact), error);
  if (error && fs::exists(artefact)) {  // else another rank was faster
    fail_writing("rename", artefact.string(), error.value());
  }
}

Artefacts::Artefacts(fs::path store, const at::Device& device, const fs::path& local_disk)
    : store_(std::move(store)),
      device_(device),
      local_(local_disk),
      checkpoints_(8, bytes_of_checkpoint),
      frozen_models_(2, bytes_of_frozen) {
  make_folders(cache());
}

fs::path Artefacts::partial_file(const std::string& key) const {
  return store_ / (key + ".partial.safetensors");
}

std::shared_ptr<const Vocabulary> Artefacts::vocabulary(
    const fs::path& folder, const std::vector<std::string>& add_tokens) {
  return vocabularies_.get(folder.string() + "\n" + join(add_tokens, "\n"), [&] {
    return Vocabulary::from_folder(whole_folder(folder), add_tokens);
  });
}

std::shared_ptr<const Checkpoint> Artefacts::checkpoint(const fs::path& folder) {
  return checkpoints_.get(folder.string(),
                          [&] { return load_checkpoint(local_.of(whole_folder(folder))); });
}

std::shared_ptr<const T5Model> Artefacts::frozen_model(const fs::path& folder,
                                                       const std::vector<std::string>& add_tokens) {
  return frozen_models_.get(folder.string() + "\n" + join(add_tokens, "\n"), [&] {
    const auto held = checkpoint(folder);
    T5Config config = held->config;
    T5Weights weights =
        device_.is_cpu() ? held->weights : clone_weights(config, held->weights, device_);
    const int64_t ids = vocabulary(folder, add_tokens)->size();
    if (ids > config.vocab_size) grow_embedding(ids, config, weights);
    T5Model model(config, std::move(weights));
    model.set_prepacking(Prepacking::both_ways);
    return model;
  });
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
  const std::string damage = fs::exists(joined) ? damage_of_file(joined) : "is missing";
  if (!damage.empty()) {
    if (fs::exists(joined)) log_warning("{} {}, so it is made again", joined.string(), damage);
    std::string all;
    for (const fs::path& file : files) {
      all += read_file(file);
      if (!all.empty() && all.back() != '\n') all += '\n';
    }
    write_file_atomically(joined, all);
    write_checksum(joined);
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
    if (!whole_corpus(file)) build_corpus({text(sources, locations)}, vocabulary, file);
    return TokenCorpus(local_.of(file));
  });
}

fs::path Artefacts::whole_folder(const fs::path& folder) const {
  const std::string damage = damage_of_folder(folder);
  if (damage.empty()) return folder;
  const fs::path within = folder.lexically_relative(store_);
  if (within.empty() || *within.begin() == "..")
    throw_<DataError>("{} was damaged after it was written: {}", folder.string(), damage);
  set_aside_damaged(store_ / *within.begin());
  throw_<MachineFailure>(
      "{} was damaged after it was written: {}. It is set aside, and the same command makes it "
      "again",
      folder.string(), damage);
}

}  // namespace dovetail
