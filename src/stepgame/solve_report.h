// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepgame/solver.h"
#include "stepgame/template_errors.h"

namespace dovetail {

// A story whose text does not say what its label says.
struct StoryMiss {
  std::string place, label;
  std::optional<std::string> answer;   // what the text says: the corrected label; nullopt: nothing
  std::vector<MissCause> causes;       // empty: no known error explains the label
  std::vector<std::string> sentences;  // of the causes
};

// What solving a file of stories has found.
struct SolveReport {
  int64_t stories = 0, right = 0;
  int64_t unanswerable = 0;     // misses without an answer
  int64_t contradictory = 0;    // stories that place an agent in two ways, right or not
  int64_t unexplained = 0;      // misses without a cause
  int64_t other_distances = 0;  // stories whose d is not the distance in their text
  std::map<std::string, int64_t> misses_by_template;
  std::vector<StoryMiss> misses;

  double accuracy() const {
    return stories == 0 ? 0 : static_cast<double>(right) / static_cast<double>(stories);
  }
  // Solves one more story and returns its answer.
  StepAnswer add(const StepStory& story, const SentenceReader& reader);
};

}  // namespace dovetail
