// SPDX-License-Identifier: Apache-2.0
#include "metrics/coverage.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "metrics/unicode_text.h"
#include "metrics/xlsum_tokens.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

constexpr Words kReadings[] = {Words::ascii, Words::between_blanks, Words::xlsum};

bool is_ascii_alphanumeric(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void count_beyond_ascii(char32_t c, ReferenceLetters& letters) {
  const CharacterClass kind = class_of(c);
  if (kind == CharacterClass::separator || kind == CharacterClass::control) return;
  letters.any = true;
  letters.any_word |= kind != CharacterClass::punctuation;
  if (!is_content(c)) return;
  ++letters.content;
  letters.ascii += c == U'\u212A' || c == U'\u0130';  // see alphanumeric_tokens()
  if (is_written_unspaced(c)) {
    ++letters.unspaced;
    letters.ideographs += is_bert_ideograph(c);
  }
  ++letters.scripts[script_name(c)];
}

void count(std::string_view text, ReferenceLetters& letters) {
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    text.remove_prefix(character.length);
    const char32_t c = character.code_point;
    if (c >= 0x80) {
      count_beyond_ascii(c, letters);
    } else if (is_ascii_alphanumeric(c)) {
      ++letters.content, ++letters.ascii;
      letters.any = letters.any_word = true;
    } else {
      letters.any |= c > ' ' && c < 0x7F;
    }
  }
}

}  // namespace

void ReferenceLetters::operator+=(const ReferenceLetters& other) {
  content += other.content;
  ascii += other.ascii;
  unspaced += other.unspaced;
  ideographs += other.ideographs;
  any |= other.any;
  any_word |= other.any_word;
  for (const auto& [script, count] : other.scripts) scripts[script] += count;
}

int64_t ReferenceLetters::lost(Words words) const {
  switch (words) {
    case Words::all: return 0;
    case Words::ascii: return content - ascii;
    case Words::between_blanks: return unspaced;
    case Words::xlsum: return unspaced - ideographs;
  }
  return 0;
}

ReferenceLetters letters_of(std::span<const std::string> references) {
  ReferenceLetters letters;
  for (const std::string& reference : references) count(reference, letters);
  return letters;
}

bool can_read(Words words, const ReferenceLetters& references) {
  if (!references.any) return true;  // an empty reference lacks nothing
  if (words == Words::ascii && references.ascii == 0) return false;
  if (words == Words::xlsum && !references.any_word) return false;
  return 2 * references.lost(words) <= references.content;
}

void SetLetters::add(std::span<const std::string> references) {
  const ReferenceLetters own = letters_of(references);
  for (const Words words : kReadings) unread[words] += !can_read(words, own);
  letters += own;
  ++examples;
}

bool SetLetters::may_decide(Words words) const {
  return 20 * letters.lost(words) <= letters.content && 2 * unread_by(words) <= examples;
}

int64_t SetLetters::unread_by(Words words) const {
  const auto found = unread.find(words);
  return found == unread.end() ? 0 : found->second;
}

double SetLetters::lost_share(Words words) const {
  if (letters.content == 0) return 0;
  return static_cast<double>(letters.lost(words)) / static_cast<double>(letters.content);
}

std::string SetLetters::main_script() const {
  const auto most = std::ranges::max_element(letters.scripts, {},
                                             [](const auto& counted) { return counted.second; });
  return most == letters.scripts.end() ? "" : most->first;
}

std::function<std::vector<double>(std::span<const ScoredItem>)> missing_where_unread(
    Words words, std::function<std::vector<double>(std::span<const ScoredItem>)> score) {
  return [words, score = std::move(score)](std::span<const ScoredItem> items) {
    std::vector<double> scores = score(items);
    for (size_t i = 0; i < items.size(); ++i) {
      if (!can_read(words, letters_of(items[i].references)))
        scores[i] = std::numeric_limits<double>::quiet_NaN();
    }
    return scores;
  };
}

}  // namespace dovetail
