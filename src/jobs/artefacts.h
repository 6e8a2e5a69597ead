// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <string>

#include "examples/task.h"
#include "model/checkpoints/checkpoint.h"
#include "plan/job.h"
#include "text/corpus.h"
#include "text/vocabulary.h"

namespace dovetail {

// What jobs leave for others, by key, in the store's folder; and what a rank keeps in memory from
// one job to the next, so that many small cells do not read the same files again and again.
class Artefacts {
 public:
  explicit Artefacts(std::filesystem::path store, const at::Device& device = at::kCPU);

  const at::Device& device() const { return device_; }  // where models are trained

  std::filesystem::path folder(const std::string& key) const { return store_ / key; }
  std::filesystem::path model_folder(const std::string& key) const {
    return folder(key) / "model";
  }                                                                  // kept
  std::filesystem::path partial_file(const std::string& key) const;  // of an unfinished job
  std::filesystem::path cache() const { return store_ / "cache"; }

  // The vocabulary in a folder: a tokenizer job's, or a checkpoint's.
  std::shared_ptr<const Vocabulary> vocabulary(const std::filesystem::path& folder);
  std::shared_ptr<const Checkpoint> checkpoint(const std::filesystem::path& folder);
  std::shared_ptr<const TaskData> task(const std::string& name_or_card,
                                       const std::string& fingerprint);
  // Tokenised text, built once for a (text, vocabulary) and shared by all ranks of a node.
  std::shared_ptr<const TokenCorpus> corpus(const Job& job, const Vocabulary& vocabulary);
  // The text that a job names, one document a line, of one or several corpora joined.
  std::filesystem::path text(const Job& job);

 private:
  // The few most recently used things of a kind; a backbone of a big model is not small.
  template <typename T>
  struct Recent {
    size_t capacity = 8;
    std::list<std::pair<std::string, std::shared_ptr<const T>>> items;

    template <typename Make>
    std::shared_ptr<const T> get(const std::string& key, Make make) {
      for (auto it = items.begin(); it != items.end(); ++it) {
        if (it->first != key) continue;
        items.splice(items.begin(), items, it);
        return items.front().second;
      }
      items.emplace_front(key, std::make_shared<const T>(make()));
      if (items.size() > capacity) items.pop_back();
      return items.front().second;
    }
  };

  std::filesystem::path store_;
  at::Device device_;
  Recent<Vocabulary> vocabularies_;
  Recent<Checkpoint> checkpoints_;
  Recent<TaskData> tasks_;
  Recent<TokenCorpus> corpora_;
};

}  // namespace dovetail
