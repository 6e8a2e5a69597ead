// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "examples/task.h"
#include "jobs/local_copies.h"
#include "jobs/recently_used.h"
#include "model/checkpoints/checkpoint.h"
#include "model/t5.h"
#include "plan/job.h"
#include "text/corpus.h"
#include "text/vocabulary.h"

namespace dovetail {

// An artefact that was found damaged is renamed, so that its job makes it again in the next run:
// STORE/KEY.damaged for STORE/KEY.
std::filesystem::path damaged_aside(const std::filesystem::path& artefact);
void set_aside_damaged(const std::filesystem::path& artefact);

// The artefacts that jobs leave for others, by key, in the store's folder. Also a cache in memory
// of what a rank's jobs read, so that many small cells do not read the same files again.
class Artefacts {
 public:
  // `local_disk`: where checkpoints and corpora are copied before they are read, or "".
  explicit Artefacts(std::filesystem::path store, const at::Device& device = at::kCPU,
                     const std::filesystem::path& local_disk = {});

  const at::Device& device() const { return device_; }  // that models are trained on

  std::filesystem::path folder(const std::string& key) const { return store_ / key; }
  // The model of a cell with keep_model = true.
  std::filesystem::path model_folder(const std::string& key) const { return folder(key) / "model"; }
  // The labels that a cell has given to a pool (TuneJob::labelling).
  std::filesystem::path labels_folder(const std::string& key) const {
    return folder(key) / "labels";
  }
  // The saved state of an unfinished job.
  std::filesystem::path partial_file(const std::string& key) const;
  std::filesystem::path cache() const { return store_ / "cache"; }

  // An artefact's folder, after a check of its files against their checksums. Throws MachineFailure
  // for damaged files, and sets the artefact aside. Checks nothing in folders of others.
  std::filesystem::path whole_folder(const std::filesystem::path& folder) const;

  // The vocabulary in a folder: a tokenizer job's, or a checkpoint's.
  std::shared_ptr<const Vocabulary> vocabulary(const std::filesystem::path& folder,
                                               const std::vector<std::string>& add_tokens = {});
  std::shared_ptr<const Checkpoint> checkpoint(const std::filesystem::path& folder);
  // The checkpoint in a folder as a model that nothing trains: all who ask share its memory, and
  // its prepacked copies. With tokens of the sweep added to its vocabulary.
  std::shared_ptr<const T5Model> frozen_model(const std::filesystem::path& folder,
                                              const std::vector<std::string>& add_tokens);
  std::shared_ptr<const TaskData> task(const std::string& name_or_card,
                                       const std::string& fingerprint);
  // Tokenised text, built once for a (text, vocabulary) and shared by all ranks of a node.
  std::shared_ptr<const TokenCorpus> corpus(const std::vector<CorpusSource>& sources,
                                            const JobLocations& locations,
                                            const Vocabulary& vocabulary);
  // A file of the sources' text, one document a line; several sources are joined.
  std::filesystem::path text(const std::vector<CorpusSource>& sources,
                             const JobLocations& locations);

 private:
  std::filesystem::path store_;
  at::Device device_;
  LocalCopies local_;
  RecentlyUsed<Vocabulary> vocabularies_;
  RecentlyUsed<Checkpoint> checkpoints_;
  RecentlyUsed<T5Model> frozen_models_;
  RecentlyUsed<TaskData> tasks_;
  RecentlyUsed<TokenCorpus> corpora_;  // of mapped files
};

}  // namespace dovetail
