// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "examples/task.h"
#include "wordnet/wordnet.h"

namespace dovetail {

// Tasks that read a definition or an example of WordNet and answer a question about its sense. They
// share one split by synset (wordnet_split.h): the definition, examples and first word of a test
// synset occur in no training example. The pre-training text "wordnet-text" contains the
// definitions of the test split, too, unlabelled (wordnet/wordnet.h).
struct ReadingTask {
  std::string name;         // "category", the last part of the task's name
  std::string description;  // one sentence
  // Sources with one reference each, for the synsets of one split, in an order fixed by the data.
  std::function<std::vector<std::pair<std::string, std::string>>(const WordNet&,
                                                                 const std::vector<const Synset*>&)>
      examples;
};

const std::vector<ReadingTask>& wordnet_reading_tasks();

}  // namespace dovetail
