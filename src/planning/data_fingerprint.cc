// SPDX-License-Identifier: Apache-2.0
#include "planning/data_fingerprint.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "adaptation/phrase_lexicon.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "jobs/checkpoint_ids.h"
#include "jobs/pair_batches.h"
#include "model/checkpoints/checkpoint.h"
#include "tasks/find_task.h"
#include "text/corpus.h"
#include "text/corpus_names.h"
#include "text/vocabulary.h"
#include "tuning/adapter_config.h"
#include "tuning/adapter_tensors.h"

namespace dovetail {

namespace {

// Loads a card's data, so that a bad row in a user's file is found now and not by the first job.
std::string task_fingerprint(const std::string& name_or_card) {
  const Task task = find_task(name_or_card);
  const bool is_card =
      std::ranges::none_of(tasks(), [&](const Task& entry) { return entry.name == name_or_card; });
  if (is_card) task.load();
  return task.fingerprint();
}

std::string pairs_fingerprint(const std::string& file_or_folder) {
  std::string all;
  for (const std::filesystem::path& file : pair_files(file_or_folder)) {
    all += file.filename().string() + " " + corpus_fingerprint(file.string()) + "\n";
  }
  return content_hash(all);
}

// Refuses what no job could read.
std::string adapter_fingerprint(const std::filesystem::path& folder) {
  read_adapter_config(folder);
  std::string all;
  for (const std::filesystem::path& file :
       {folder / "adapter_config.json", adapter_tensors_file(folder)}) {
    if (file.empty()) {
      throw_<ConfigError>(
          "initialization_folder {}: no adapter_model.safetensors or adapter_model.bin in it; name "
          "the folder of an adapter that was kept or saved by PEFT",
          folder.string());
    }
    all += content_hash(read_file(file));
  }
  return content_hash(all);
}

// Every job would fail on a checkpoint without a vocabulary, or whose answers cannot end.
std::string checked_checkpoint_fingerprint(const std::filesystem::path& folder) {
  check_checkpoint_ids(folder, Vocabulary::from_folder(folder));
  return checkpoint_fingerprint(folder);
}

}  // namespace

std::string data_fingerprint(DataSource source, const std::string& name) {
  switch (source) {
    case DataSource::task: return task_fingerprint(name);
    case DataSource::corpus: return corpus_fingerprint(name);
    case DataSource::checkpoint: return checked_checkpoint_fingerprint(name);
    case DataSource::vocabulary: return Vocabulary::from_file(name).content_hash();
    case DataSource::adapter: return adapter_fingerprint(name);
    case DataSource::lexicon: return PhraseLexicon(name).fingerprint();
    case DataSource::pairs: return pairs_fingerprint(name);
  }
  throw std::logic_error("a data source outside its enumeration");
}

}  // namespace dovetail
