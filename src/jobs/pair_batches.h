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

// The objective "supervised": a mixture of tasks, each a file of prompts and completions, sampled
// in proportion to their sizes up to a limit (Raffel et al. 2020, sec. 3.5.2). `text_share` is the
// share of steps that train on text with another objective instead, as the original T5 did. A step
// has one kind of rows.
class PairBatches {
 public:
  // `files`: a file of JSON lines, or a folder of them. Throws DataError for bad lines.
  PairBatches(const std::filesystem::path& files, const TokenCorpus* corpus,
              const Vocabulary& vocabulary, const Json& parameters,
              const PretrainSettings& settings, const BatchIds& ids = {});

  // Steps must rise. The seed and the step alone decide the rows of a batch.
  Batch batch(int64_t step);

 private:
  Sequence make_row(int64_t number);

  const Vocabulary& vocabulary_;
  PretrainSettings settings_;
  BatchIds ids_;
  double text_share_;
  int64_t rows_per_batch_;
  std::unique_ptr<PairMixture> mixture_;
  std::optional<PackedText> text_;
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

// The file, or the .jsonl files of a folder sorted by name; ConfigError if there is none.
std::vector<std::filesystem::path> pair_files(const std::filesystem::path& file_or_folder);

}  // namespace dovetail
