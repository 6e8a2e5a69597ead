// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adaptation/phrase_lexicon.h"

namespace dovetail {

// A sentence split for adaptation (Pouramini and Faili 2024). The model reads the head and writes
// the tail: "You can use a ruler to", "measure things".
struct SplitSentence {
  std::string head, tail;
  std::string group;     // "Filling", "Mapping", or "" if unknown
  std::string relation;  // "" if unknown
  int64_t line = 0;      // of the file, from 1 on
};

// The sentences and splits to accept. Text is plentiful, so the defaults reject much.
struct SplitBounds {
  int64_t min_head_words = 2, max_head_words = 20;  // with the phrase
  int64_t min_tail_words = 1, max_tail_words = 10;
  bool questions = false;  // sentences that end in ?
  // sentences with double quotes, or a single quote before a word: mostly parts of a dialogue
  bool quotations = false;
  bool clauses = false;  // tails with , ; : ( ) ? ! or a dash inside
};

// A split sentence, or the reason why there is none: "no phrase", "question", ...
struct SplitResult {
  std::optional<SplitSentence> sentence;
  std::string rejection;
};

// Counts of sentences by reason of rejection, or by relation.
using SplitCounts = std::map<std::string, int64_t>;

// Splits a sentence after the longest phrase of the lexicon (by words, then by letters; the last of
// equal ones) that gives a split within the bounds. The tail loses the punctuation at its end.
// Rejections: empty, question, quotation, no phrase, head length, tail length, tail clause,
// tail wording.
SplitResult split_by_phrase(std::string_view sentence, int64_t line, const PhraseLexicon& lexicon,
                            const SplitBounds& bounds);

// The control: splits after a word drawn uniformly from those that give a split within the bounds.
// The draw depends on the seed and the sentence alone, not on the order of sentences. Group and
// relation are empty. Rejections: empty, question, quotation, no cut.
SplitResult split_at_random(std::string_view sentence, int64_t line, const SplitBounds& bounds,
                            uint64_t seed);

// Splits a sentence at the tail that a learned splitter predicted, if the sentence contains it as
// whole words; at its last place if there are several. The head is the rest of the sentence without
// the punctuation at its end. Rejections: empty tail, not in sentence, inside a word, no head.
SplitResult accept_prediction(std::string_view sentence, int64_t line,
                              std::string_view predicted_tail);

}  // namespace dovetail
