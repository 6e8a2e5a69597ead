// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sweep/data_inspector.h"
#include "text/vocabulary.h"

namespace dovetail {

// Some documents of a pre-training text, as ids, and a vocabulary of these ids. One that is not
// trained yet has bytes in its place: documents have as many of them as they may have tokens.
struct TextSample {
  Vocabulary vocabulary;
  std::vector<std::vector<int32_t>> documents;
};
TextSample sample_of_text(const std::vector<std::string>& corpus,
                          const VocabularySettings& vocabulary, const std::string& vocabulary_file);

// What a step of the job spends, as rows of the sample do; nothing for a job that learns from
// pairs.
std::optional<PretrainEstimate> pretrain_estimate(const PretrainJob& job, const TextSample& text,
                                                  const ModelSize& size);

}  // namespace dovetail
