// SPDX-License-Identifier: Apache-2.0
#include "jobs/pair_batches.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "jobs/framing.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

void check_pairs(const Json& parameters) {
  if (parameters.at("pairs").get<std::string>().empty()) {
    throw_<ConfigError>(
        "supervised needs pairs = \"...\": a file of JSON lines with source and target, or a "
        "folder of such files");
  }
  find_objective(parameters.at("text_objective"));
}

}  // namespace

const SupervisedEntry& supervised_entry() {
  static const SupervisedEntry entry = {
      .name = "supervised",
      .paper = "Raffel et al. 2020, sec. 3.5.2: prompts and completions of many tasks",
      .parameters = {{"pairs", "", "a file of JSON lines, or a folder of them"},
                     {"source_key", "source", "the key of the prompt"},
                     {"target_key", "target", "the key of the completion"},
                     {"end_marker", "", "text that is removed from the end of a completion"},
                     {"limit", 0, "rows at which the size of a file is capped; 0: none",
                      at_least(0)},
                     {"temperature", 1.0, "of the mixing rates (Raffel et al. 2020)", at_least(1)},
                     {"text_share", 0.0, "share of the steps that learn from text",
                      from_up_to(0, 1)},
                     {"text_objective", "span_corruption", "the objective of those steps"}},
      .check = check_pairs};
  return entry;
}

std::vector<fs::path> pair_files(const fs::path& file_or_folder) {
  if (fs::is_regular_file(file_or_folder)) return {file_or_folder};
  std::vector<fs::path> files;
  if (fs::is_directory(file_or_folder)) {
    for (const auto& entry : fs::directory_iterator(file_or_folder)) {
      if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  if (files.empty()) {
    throw_<ConfigError>("{} is neither a file of JSON lines nor a folder with .jsonl files",
                        file_or_folder.string());
  }
  return files;
}

PairBatches::PairBatches(const fs::path& files, const TokenCorpus* corpus,
                         const Vocabulary& vocabulary, const Json& parameters,
                         const PretrainSettings& settings, const BatchIds& ids)
    : vocabulary_(vocabulary),
      settings_(settings),
      ids_(ids),
      text_share_(parameters.at("text_share")),
      rows_per_batch_(std::max<int64_t>(1, settings.batch_tokens / settings.sequence_length)) {
  const PairFormat format{parameters.at("source_key"), parameters.at("target_key"),
                          parameters.at("end_marker")};
  std::vector<std::vector<TextPair>> pairs;
  for (const fs::path& file : pair_files(files)) {
    PairFile read = read_pairs(file, format);
    if (read.rows.empty()) {  // as one or two of the published files
      log_warning("{}: no row has a {} ({} are empty): the file is left out", file.string(),
                  format.target_key, read.empty_targets);
      continue;
    }
    pairs.push_back(std::move(read.rows));
  }
  if (pairs.empty()) throw_<DataError>("{}: no row has a {}", files.string(), format.target_key);
  mixture_ = std::make_unique<PairMixture>(
      std::move(pairs),
      MixtureSettings{parameters.at("limit"), parameters.at("temperature"),
                      derive_seed(static_cast<uint64_t>(settings.seed), "pairs")});
  if (text_share_ > 0) {
    text_.emplace(Documents(*corpus), vocabulary,
                  ChoiceSettings{parameters.at("text_objective"), Json::object()}, settings, ids);
  }
}

// A prompt that is longer than a row loses its beginning, because the question is mostly at its
// end.
Sequence PairBatches::make_row(int64_t number) {
  const TextPair& pair = mixture_->row(number);
  Sequence row{vocabulary_.encode_with_sentinels(pair.source),
               vocabulary_.encode_with_sentinels(pair.target)};
  const size_t longest = static_cast<size_t>(room_in_frame(vocabulary_, settings_.sequence_length));
  if (row.source.size() > longest)
    row.source.erase(row.source.begin(), row.source.end() - static_cast<int64_t>(longest));
  row.target.resize(std::min(row.target.size(), longest));
  return {vocabulary_.frame(std::move(row.source)), vocabulary_.frame(std::move(row.target))};
}

Batch PairBatches::batch(int64_t step) {
  Rng rng(derive_seed(static_cast<uint64_t>(settings_.seed), fmt::format("kind/{}", step)));
  if (text_ && rng.uniform() < text_share_) return text_->batch(step);
  std::vector<Sequence> rows;
  for (int64_t i = 0; i < rows_per_batch_; ++i)
    rows.push_back(make_row(step * rows_per_batch_ + i));
  std::vector<const Sequence*> pointers;
  for (const Sequence& row : rows) pointers.push_back(&row);
  return collate(pointers, ids_);
}

}  // namespace dovetail
