// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adaptation/phrase_lexicon.h"

namespace dovetail {

// A sentence cut for adaptation (Pouramini and Faili 2024): the head is what the model reads, the
// tail what it writes. "You can use a ruler to" and "measure things".
struct SplitSentence {
  std::string head, tail;
  std::string group;     // "Filling", "Mapping", or "": not known
  std::string relation;  // "" too
  int64_t line = 0;      // of the file, from 1 on
};

// Which sentences and cuts are good enough. There is no lack of text, so these refuse much.
struct SplitBounds {
  int64_t min_head_words = 2, max_head_words = 20;  // the phrase counts
  int64_t min_tail_words = 1, max_tail_words = 10;
  bool questions = false;  // sentences that end in ?
  // sentences with double quotes, or a single one before a word: mostly cut out of a dialogue
  bool quotations = false;
  bool clauses = false;  // tails with , ; : ( ) ? ! or a dash inside
};

// A cut, or why there is none: "no phrase", "question", ...
struct SplitResult {
  std::optional<SplitSentence> sentence;
  std::string rejection;
};

// Counts of what became of the sentences.
using SplitCounts = std::map<std::string, int64_t>;

// After the longest phrase of the lexicon (in words, then in letters; of equal ones the last) whose
// cut is within the bounds. The tail has no punctuation at its end.
// Rejections: empty, question, quotation, no phrase, head length, tail length, tail clause,
// tail wording.
SplitResult split_by_phrase(std::string_view sentence, int64_t line, const PhraseLexicon& lexicon,
                            const SplitBounds& bounds);

// The control: after a word that is drawn uniformly from those whose cut is within the bounds. The
// seed and the sentence decide, so that the order of sentences does not matter. Group and relation
// are empty. Rejections: empty, question, quotation, no cut.
SplitResult split_at_random(std::string_view sentence, int64_t line, const SplitBounds& bounds,
                            uint64_t seed);

// What a learned splitter says: a cut if the predicted tail stands in the sentence, as whole words;
// the last place where there are several. The head is the sentence without it, and without
// punctuation at its end. Rejections: empty tail, not in sentence, inside a word, no head.
SplitResult accept_prediction(std::string_view sentence, int64_t line,
                              std::string_view predicted_tail);

}  // namespace dovetail
