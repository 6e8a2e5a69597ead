// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "examples/task.h"

namespace dovetail {

// WordNet 3.0 (Debian's wordnet-base, or the folder in WNSEARCHDIR) as tasks. Each relation is a
// task from a sense to a word or text (wordnet_relations.h): wordnet/antonym ... wordnet/used_in.
// Others read a definition or an example (wordnet_reading.h): wordnet/category and so on.
// wordnet_split.h has the rules for train and test, data/verbalizers/wordnet.toml the phrases.
//
// The pre-training text "wordnet-text" contains the definitions and examples of both splits without
// labels (wordnet/wordnet.h). For tasks that read them the setting is transductive: pre-training
// has seen test inputs, but not their answers. For defined_as and used_in, whose answers are texts,
// it has seen test answers, though not next to their heads. Do not use these two to compare
// pre-training on this text with no pre-training.
std::vector<Task> wordnet_tasks();

}  // namespace dovetail
