// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dovetail {

// The outputs that a model was trained on, to find what its answers copy. Words stand between
// whitespace.
class TrainingOutputs {
 public:
  explicit TrainingOutputs(std::span<const std::string> outputs);

  // The most words in a row of a text that stand in a row in one of the outputs.
  int64_t longest_run(std::string_view text) const;

 private:
  int64_t common_words(size_t place, std::span<const int32_t> words) const;

  std::unordered_map<std::string, int32_t> ids_;  // of words, from 1 on
  std::vector<int32_t> words_;                    // of all outputs, with a 0 behind each
  std::vector<size_t> suffixes_;                  // places of words_, sorted by what begins there
};

}  // namespace dovetail
