// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "examples/task.h"

namespace dovetail {

// WordNet 3.0 (Debian's wordnet-base, or the folder in WNSEARCHDIR) as tasks: one a relation,
// sense -> word or text (wordnet_relations.h), named wordnet/antonym ... wordnet/used_in, and
// those that read a definition or an example (wordnet_reading.h), named wordnet/category and so
// on. How they are cut into train and test is said in wordnet_split.h; how relations are said in
// words stands in data/verbalizers/wordnet.toml.
//
// The pre-training text "wordnet-text" holds the definitions and examples of both sides, without
// any label (wordnet/wordnet.h). For tasks that read them it is transductive: inputs of the test side
// were seen, their answers were not. Where the text itself is the answer (defined_as, used_in),
// the answers of the test side were seen in pre-training, though not beside their heads; do not
// use these two to compare pre-training on this text with none.
std::vector<Task> wordnet_tasks();

}  // namespace dovetail
