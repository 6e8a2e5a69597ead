// SPDX-License-Identifier: Apache-2.0
// F1 of the words in common, or of the characters where the references are written without blanks
// between words: MKQA counts characters of Chinese, Japanese, Thai and Khmer. Prediction "แมวดำ"
// against "แมว": three of five characters, F1 3/4.
#include "metrics/coverage.h"
#include "metrics/metric.h"
#include "metrics/unicode_text.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

bool is_ascii_punctuation(char c) {
  return (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') ||
         (c > 'z' && c < 0x7F);
}

Tokens mkqa_words(std::string_view text) {
  std::string kept;
  for (const char c : unicode_lower_case(text)) {
    if (!is_ascii_punctuation(c)) kept += c;
  }
  return split_white_space(kept);
}

Tokens mkqa_characters(std::string_view text) {
  Tokens characters;
  for (const std::string& word : mkqa_words(text)) {
    for (std::string_view rest = word; !rest.empty();) {
      const size_t length = first_character(rest).length;
      characters.emplace_back(rest.substr(0, length));
      rest.remove_prefix(length);
    }
  }
  return characters;
}

// Nothing against nothing is right: a question without an answer.
double mkqa_f1(const Tokens& prediction, const Tokens& reference) {
  return reference.empty() && prediction.empty() ? 1 : f1_of_tokens(prediction, reference);
}

}  // namespace

Metric token_f1_mkqa() {
  return {
      .name = "token_f1_mkqa",
      .definition =
          "F1 of the words in common (lower case, between blanks, without ASCII's punctuation; "
          "articles count), of the characters where most letters of the references are of scripts "
          "written without blanks between words, the best over the references: MKQA's F1 (Longpre "
          "et al. 2021), which tells these by the language",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        const bool in_words = can_read(Words::between_blanks, letters_of(references));
        return best_over_references(prediction, references, mkqa_f1,
                                    in_words ? mkqa_words : mkqa_characters);
      }),
      .decides = Decides::free_text};
}

}  // namespace dovetail
