// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adaptation/pair_mixture.h"
#include "base/parameters.h"
#include "jobs/packed_text.h"
#include "plan/settings.h"
#include "text/vocabulary.h"
#include "training/batch.h"

namespace dovetail {

// The objective "supervised": a mixture of tasks, each a file of prompts and completions, drawn in
// proportion to their sizes up to a limit (Raffel et al. 2020, sec. 3.5.2). With a share of text,
// so many of the steps learn from text by another objective instead, as the original T5 did; a step
// is of one kind.
class PairBatches {
 public:
  // `files`: a file of JSON lines, or a folder of them. Throws DataError for bad lines.
  PairBatches(const std::filesystem::path& files, const TokenCorpus* corpus,
              const Vocabulary& vocabulary, const Json& parameters,
              const PretrainSettings& settings);

  // Steps must come in rising order. The seed and the step alone decide what is in a batch.
  Batch batch(int64_t step);
  int64_t rows_cut() const { return rows_cut_; }

 private:
  Sequence make_row(int64_t number);

  const Vocabulary& vocabulary_;
  PretrainSettings settings_;
  double text_share_;
  int64_t rows_per_batch_;
  std::unique_ptr<PairMixture> mixture_;
  std::optional<PackedText> text_;
  int64_t rows_cut_ = 0;
};

// The objective "supervised" as a sweep file names it. It is none of the objectives' catalogue, for
// it learns from pairs.
struct SupervisedEntry {
  std::string name;
  std::string paper;
  Parameters parameters = {};
  std::function<void(const Json& parameters)> check = {};  // throws ConfigError
};
const SupervisedEntry& supervised_entry();

// The files behind a path, sorted by name; ConfigError where there is none.
std::vector<std::filesystem::path> pair_files(const std::filesystem::path& file_or_folder);

}  // namespace dovetail
