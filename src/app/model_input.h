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
#include "text/vocabulary.h"

namespace dovetail {

// What `score` and `generate` read: a line of {"source": TEXT, "target": TEXT}, or with
// "source_ids" and "target_ids". Texts are encoded as T5's tokenizer does (sentinels become their
// ids, </s> is put at the end, of targets too); ids are taken as they are. Other keys are left
// alone.
struct ModelInput {
  int64_t number = 0;  // 0, 1, 2, ... in the order of the input
  std::vector<int32_t> source, target;
};

struct ModelInputRules {
  std::filesystem::path model;  // its folder, for the vocabulary
  int64_t vocab_size = 0;       // ids go up to it
  int64_t max_source_length = 512;
  bool truncate = false;  // cut longer sources (a text keeps its </s>), instead of refusing
  bool with_target = true;
};

class ModelInputReader {
 public:
  ModelInputReader(const std::string& input, ModelInputRules rules);

  // Throws DataError (file and line) for what cannot be used.
  bool next(ModelInput& input);
  bool ready() { return lines_.ready(); }

  // Read from the model's folder the first time that it is asked for.
  const Vocabulary& vocabulary();

 private:
  std::vector<int32_t> ids_of(const nlohmann::json& line, const std::string& side);
  std::vector<int32_t> given_ids(const nlohmann::json& list, const std::string& key) const;
  std::vector<int32_t> text_ids(const std::string& text, const std::string& side);
  void limit_source(std::vector<int32_t>& ids, bool is_text) const;

  LineReader lines_;
  ModelInputRules rules_;
  std::optional<Vocabulary> vocabulary_;
  int64_t count_ = 0;
};

// Answers to some inputs, each a text of one or more lines, in their order.
using AnswerInputs = std::function<std::vector<std::string>(const std::vector<ModelInput>&)>;

// Reads windows of inputs whose costs add up to about `budget` (the first smaller, so that results
// come soon; less where the writer of a pipe waits), and prints the answers to standard output in
// input order. On a terminal, long work tells on standard error how far it is. Throws DataError
// when there is no input at all.
void answer_in_windows(ModelInputReader& inputs, int64_t budget,
                       const std::function<int64_t(const ModelInput&)>& cost,
                       const AnswerInputs& answer);

}  // namespace dovetail
