// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/json_lines.h"
#include "app/prompt_placer.h"
#include "jobs/framing.h"
#include "text/vocabulary.h"

namespace dovetail {

// One input line of `score` and `generate`: {"source": TEXT, "target": TEXT}, or the same with
// "source_ids" and "target_ids". Texts are encoded as T5's tokenizer does: sentinels become their
// ids, and sources and targets end with </s>, but for sources of decoder-only models. Ids are used
// unchanged. The soft tokens of a prompt
// stand in the source (PromptPlacer). Other keys are ignored.
struct ModelInput {
  int64_t number = 0;  // 0, 1, 2, ... in the order of the input
  std::vector<int32_t> source, target;
};

struct ModelInputRules {
  std::filesystem::path model;  // its folder, for the vocabulary
  int64_t vocab_size = 0;       // ids are smaller
  int64_t max_source_length = 512;
  bool truncate = false;  // cut longer sources (a text keeps its </s>) instead of refusing them
  bool with_target = true;
  RowTexts texts = RowTexts::two;           // how the model reads source and target
  std::optional<PromptPlacer> prompt = {};  // of an adapter; its tokens do not count as length
};

class ModelInputReader {
 public:
  ModelInputReader(const std::string& input, ModelInputRules rules);

  // Reads the next input; false at the end. Throws DataError with file and line for a bad one.
  bool next(ModelInput& input);
  bool ready() { return lines_.ready(); }  // whether next() would not wait

  // Loads the vocabulary from the model's folder at the first call.
  const Vocabulary& vocabulary();

 private:
  std::vector<int32_t> source_ids(const nlohmann::json& line);
  std::vector<int32_t> target_ids(const nlohmann::json& line);
  // The text of a side, if the line has one and no ids.
  std::optional<std::string> text_of(const nlohmann::json& line, const std::string& side) const;
  std::vector<int32_t> given_ids(const nlohmann::json& line, const std::string& side,
                                 int64_t num_ids) const;
  const Vocabulary& vocabulary_for(const std::string& side);
  std::vector<int32_t> framed(std::vector<int32_t> ids, const std::string& side);
  void limit_source(std::vector<int32_t>& ids, int64_t cut_end) const;

  LineReader lines_;
  ModelInputRules rules_;
  std::optional<Vocabulary> vocabulary_;
  int64_t count_ = 0;
};

// How a command answers its inputs batch by batch.
struct BatchedAnswers {
  int64_t batch_budget = 1;  // the most cost of one batch
  std::function<int64_t(const ModelInput&)> cost;
  // Groups a window of inputs, by index, into batches that are computed together.
  std::function<std::vector<std::vector<size_t>>(const std::vector<ModelInput>&)> batches;
  // The answer to each input of a batch, in the order of the batch: text of one or more lines.
  std::function<std::vector<std::string>(const std::vector<ModelInput>&,
                                         const std::vector<size_t>& batch)>
      answer;
};

// Reads windows of inputs that make up about 32 batches, so that each can be sorted by length.
// Prints the answers to standard output in the order of the inputs. The first windows are smaller,
// so that answers come soon. A window also ends when no further input is ready, because its writer
// may wait for the answers. On a terminal, long work shows its progress on standard error. Throws
// DataError if there is no input.
void answer_in_windows(ModelInputReader& inputs, const BatchedAnswers& answers);

}  // namespace dovetail
