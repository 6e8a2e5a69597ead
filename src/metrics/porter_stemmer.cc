// SPDX-License-Identifier: Apache-2.0
#include "metrics/porter_stemmer.h"

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "text/utf8.h"

namespace dovetail {

namespace {

using Word = std::u32string;
using WordView = std::u32string_view;

Word decode(std::string_view text) {
  Word word;
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    word += character.code_point;
    text.remove_prefix(character.length);
  }
  return word;
}

std::string encode(WordView word) {
  std::string text;
  for (const char32_t c : word) {
    const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xC0 | (c >> 6)), tail(0);
    } else if (c < 0x10000) {
      text += static_cast<char>(0xE0 | (c >> 12)), tail(6), tail(0);
    } else {
      text += static_cast<char>(0xF0 | (c >> 18)), tail(12), tail(6), tail(0);
    }
  }
  return text;
}

// A consonant is any letter but a, e, i, o, u, and but y after a consonant.
std::vector<bool> consonants(WordView word) {
  std::vector<bool> flags;
  for (const char32_t c : word) {
    const bool vowel = WordView(U"aeiou").find(c) != WordView::npos;
    flags.push_back(c == U'y' ? flags.empty() || !flags.back() : !vowel);
  }
  return flags;
}

// Porter's m: how often a vowel stands before a consonant.
int measure(WordView word) {
  const std::vector<bool> flags = consonants(word);
  int result = 0;
  for (size_t i = 1; i < flags.size(); ++i) result += !flags[i - 1] && flags[i];
  return result;
}

bool contains_vowel(WordView word) {
  const std::vector<bool> flags = consonants(word);
  return std::find(flags.begin(), flags.end(), false) != flags.end();
}

bool ends_in_double_consonant(WordView word) {
  return word.size() >= 2 && word.back() == word[word.size() - 2] && consonants(word).back();
}

// Porter's *o; of two letters, vowel and consonant suffice (an extension).
bool ends_cvc(WordView word) {
  const std::vector<bool> c = consonants(word);
  const size_t n = c.size();
  if (n == 2) return !c[0] && c[1];
  return n >= 3 && c[n - 3] && !c[n - 2] && c[n - 1] &&
         WordView(U"wxy").find(word.back()) == WordView::npos;
}

bool positive(WordView stem) { return measure(stem) > 0; }
bool above_one(WordView stem) { return measure(stem) > 1; }
bool above_one_after_s_or_t(WordView stem) {
  return measure(stem) > 1 && (stem.back() == U's' || stem.back() == U't');
}
bool always(WordView) { return true; }

struct Rule {
  WordView suffix, replacement;
  bool (*condition)(WordView stem);
};

// The first rule whose suffix the word has decides, be it that its condition fails.
Word with_rules(const Word& word, std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    const WordView stem = WordView(word).substr(0, word.size() - rule.suffix.size());
    return rule.condition(stem) ? Word(stem).append(rule.replacement) : word;
  }
  return word;
}

Word plurals(const Word& word) {
  static const Rule rules[] = {{U"sses", U"ss", always},
                               {U"ies", U"i", always},
                               {U"ss", U"ss", always},
                               {U"s", U"", always}};
  if (word.size() == 4 && word.ends_with(U"ies")) return word.substr(0, 1) + U"ie";
  return with_rules(word, rules);
}

// What -ed or -ing leaves gets its e back, or loses a doubled letter.
Word repaired(const Word& stem) {
  for (const WordView ending : {U"at", U"bl", U"iz"}) {
    if (stem.ends_with(ending)) return stem + U"e";
  }
  if (ends_in_double_consonant(stem)) {
    const bool keeps = WordView(U"lsz").find(stem.back()) != WordView::npos;
    return keeps ? stem : stem.substr(0, stem.size() - 1);
  }
  return measure(stem) == 1 && ends_cvc(stem) ? stem + U"e" : stem;
}

Word past_and_gerund(const Word& word) {
  const auto without = [&](size_t count) { return word.substr(0, word.size() - count); };
  if (word.ends_with(U"ied")) return without(3) + (word.size() == 4 ? U"ie" : U"i");
  if (word.ends_with(U"eed")) return measure(without(3)) > 0 ? without(1) : word;
  for (const WordView suffix : {U"ed", U"ing"}) {
    if (!word.ends_with(suffix)) continue;
    const Word stem = without(suffix.size());
    if (contains_vowel(stem)) return repaired(stem);
  }
  return word;
}

Word final_y(const Word& word) {
  static const Rule rules[] = {
      {U"y", U"i", [](WordView stem) { return stem.size() > 1 && consonants(stem).back(); }}};
  return with_rules(word, rules);
}

Word double_suffixes(const Word& word) {
  static const Rule rules[] = {
      {U"ational", U"ate", positive},
      {U"tional", U"tion", positive},
      {U"enci", U"ence", positive},
      {U"anci", U"ance", positive},
      {U"izer", U"ize", positive},
      {U"bli", U"ble", positive},
      {U"alli", U"al", positive},
      {U"entli", U"ent", positive},
      {U"eli", U"e", positive},
      {U"ousli", U"ous", positive},
      {U"ization", U"ize", positive},
      {U"ation", U"ate", positive},
      {U"ator", U"ate", positive},
      {U"alism", U"al", positive},
      {U"iveness", U"ive", positive},
      {U"fulness", U"ful", positive},
      {U"ousness", U"ous", positive},
      {U"aliti", U"al", positive},
      {U"iviti", U"ive", positive},
      {U"biliti", U"ble", positive},
      {U"fulli", U"ful", positive},
      {U"logi", U"log", [](WordView stem) { return positive(Word(stem) + U"l"); }}};
  const Word result = with_rules(word, rules);
  return result != word && word.ends_with(U"alli") ? double_suffixes(result) : result;
}

Word adjective_suffixes(const Word& word) {
  static const Rule rules[] = {{U"icate", U"ic", positive}, {U"ative", U"", positive},
                               {U"alize", U"al", positive}, {U"iciti", U"ic", positive},
                               {U"ical", U"ic", positive},  {U"ful", U"", positive},
                               {U"ness", U"", positive}};
  return with_rules(word, rules);
}

Word last_suffixes(const Word& word) {
  static const Rule rules[] = {
      {U"al", U"", above_one},   {U"ance", U"", above_one}, {U"ence", U"", above_one},
      {U"er", U"", above_one},   {U"ic", U"", above_one},   {U"able", U"", above_one},
      {U"ible", U"", above_one}, {U"ant", U"", above_one},  {U"ement", U"", above_one},
      {U"ment", U"", above_one}, {U"ent", U"", above_one},  {U"ion", U"", above_one_after_s_or_t},
      {U"ou", U"", above_one},   {U"ism", U"", above_one},  {U"ate", U"", above_one},
      {U"iti", U"", above_one},  {U"ous", U"", above_one},  {U"ive", U"", above_one},
      {U"ize", U"", above_one}};
  return with_rules(word, rules);
}

Word final_e_and_ll(const Word& word) {
  static const Rule e[] = {{U"e", U"", [](WordView stem) {
                              return measure(stem) > 1 || (measure(stem) == 1 && !ends_cvc(stem));
                            }}};
  static const Rule ll[] = {
      {U"ll", U"l", [](WordView stem) { return above_one(Word(stem) + U"l"); }}};
  return with_rules(with_rules(word, e), ll);
}

}  // namespace

std::string porter_stem(std::string_view word) {
  static const std::map<std::string, std::string, std::less<>> irregular = {
      {"sky", "sky"},        {"skies", "sky"},        {"dying", "die"},
      {"lying", "lie"},      {"tying", "tie"},        {"news", "news"},
      {"innings", "inning"}, {"inning", "inning"},    {"outings", "outing"},
      {"outing", "outing"},  {"cannings", "canning"}, {"canning", "canning"},
      {"howe", "howe"},      {"proceed", "proceed"},  {"exceed", "exceed"},
      {"succeed", "succeed"}};
  if (const auto found = irregular.find(word); found != irregular.end()) return found->second;
  Word stem = decode(word);
  if (stem.size() <= 2) return std::string(word);
  for (Word (*step)(const Word&) : {plurals, past_and_gerund, final_y, double_suffixes,
                                    adjective_suffixes, last_suffixes, final_e_and_ll}) {
    stem = step(stem);
  }
  return encode(stem);
}

}  // namespace dovetail
