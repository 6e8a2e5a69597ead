// SPDX-License-Identifier: Apache-2.0
#include "metrics/tokens.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "metrics/unicode_text.h"
#include "text/utf8.h"

namespace dovetail {

std::vector<std::string> alphanumeric_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  const auto finish = [&] {
    if (!token.empty()) tokens.push_back(std::move(token));
    token.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter >= 'A' && letter <= 'Z') {
      token += static_cast<char>(letter - 'A' + 'a');
    } else if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) {
      token += letter;
    } else if (text.substr(i, 3) == "\u212a") {  // the Kelvin sign's lower case is an ASCII k
      token += 'k';
      i += 2;
    } else if (text.substr(i, 2) == "\u0130") {  // I with a dot becomes i and a combining dot
      token += 'i';
      finish();
      ++i;
    } else {
      finish();
    }
  }
  finish();
  return tokens;
}

Tokens split_white_space(std::string_view text) {
  Tokens tokens;
  size_t begin = 0, i = 0;
  while (i < text.size()) {
    const Utf8Character character = first_character(text.substr(i));
    if (is_whitespace(character.code_point)) {
      if (i > begin) tokens.emplace_back(text.substr(begin, i - begin));
      begin = i + character.length;
    }
    i += character.length;
  }
  if (i > begin) tokens.emplace_back(text.substr(begin));
  return tokens;
}

Tokens split_at_spaces(std::string_view text) { return split(text, ' '); }

std::string normalised_answer(std::string_view text) {
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  const std::string words = join(split_white_space(text), " ");
  return std::ranges::all_of(text, is_ascii) ? lower_case(words) : caseless(words);
}

double best_over_references(std::string_view prediction, std::span<const std::string> references,
                            const std::function<double(const Tokens&, const Tokens&)>& score,
                            Tokens (*tokenize)(std::string_view)) {
  DOVETAIL_CHECK(!references.empty());
  const Tokens predicted = tokenize(prediction);
  double best = 0;
  for (const std::string& reference : references) {
    best = std::max(best, score(predicted, tokenize(reference)));
  }
  return best;
}

double f1_of_tokens(const Tokens& prediction, const Tokens& reference) {
  std::map<std::string_view, int> left;
  for (const std::string& token : reference) ++left[token];
  size_t matches = 0;
  for (const std::string& token : prediction) {
    const auto found = left.find(token);
    if (found != left.end() && found->second-- > 0) ++matches;
  }
  return f1(matches, prediction.size(), reference.size());
}

double f1(size_t matches, size_t prediction_size, size_t reference_size) {
  if (matches == 0) return 0;
  const double precision = static_cast<double>(matches) / prediction_size;
  const double recall = static_cast<double>(matches) / reference_size;
  return 2 * precision * recall / (precision + recall);
}

}  // namespace dovetail
