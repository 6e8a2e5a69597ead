// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "examples/task.h"

namespace dovetail {

// The ways of changing a text so that its label stays, none of which needs a model:
//
//   none
//   words     drops words, and swaps others with their neighbours (Wei and Zou 2019)
//   spans     drops spans of three words on average, as span corruption does without its sentinels
//   synonyms  puts another word of one of its synsets in the place of a word (WordNet)
//
// About `share` of the words are changed, and at least one where there are two or more.
std::string augmented_text(const std::string& text, const std::string& way, double share, Rng& rng);

// The same of an example's source and its further texts.
Example augmented(Example example, const std::string& way, double share, Rng& rng);

}  // namespace dovetail
