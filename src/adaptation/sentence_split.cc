// SPDX-License-Identifier: Apache-2.0
#include "adaptation/sentence_split.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/hash.h"
#include "base/names.h"
#include "base/random.h"
#include "base/text.h"
#include "templates/rendered.h"

namespace dovetail {

namespace {

SplitResult rejected(const char* why) { return {std::nullopt, why}; }

struct Sentence {
  std::vector<std::string> words, lowered;  // as written, and in lower case
};

Sentence read_sentence(std::string_view text) {
  Sentence sentence{words_of(text), {}};
  for (const std::string& word : sentence.words) sentence.lowered.push_back(lower_case(word));
  return sentence;
}

// The reason to reject the sentence as a whole, or "".
const char* sentence_mistake(const Sentence& sentence, const SplitBounds& bounds) {
  if (sentence.words.empty()) return "empty";
  const std::string& last = sentence.words.back();
  const size_t end = last.find_last_not_of(")]'\"");
  if (!bounds.questions && end != std::string::npos && last[end] == '?') return "question";
  const auto is_quoted = [](const std::string& word) {
    return word.find('"') != std::string::npos || word.find("\xe2\x80\x9c") != std::string::npos ||
           word.find("\xe2\x80\x9d") != std::string::npos || word.starts_with('\'') ||
           word.starts_with("\xe2\x80\x98");
  };
  if (!bounds.quotations && std::any_of(sentence.words.begin(), sentence.words.end(), is_quoted)) {
    return "quotation";
  }
  return "";
}

std::string without_final_punctuation(std::string text) {
  const std::string_view bare = without_punctuation(text);
  if (bare.empty()) return "";
  text.resize(bare.data() + bare.size() - text.data());
  return text;
}

bool ends_clause(const std::string& word) {
  return word.find_first_of(",;:()[]") != std::string::npos || word == "-" ||
         word.find("--") != std::string::npos || word.ends_with('?') || word.ends_with('!') ||
         word.find("\xe2\x80\x94") != std::string::npos;
}

bool within(size_t count, int64_t least, int64_t most) {
  return static_cast<int64_t>(count) >= least && static_cast<int64_t>(count) <= most;
}

// The reason to reject a split after `head` words, or "".
const char* cut_mistake(const Sentence& sentence, size_t head, const SplitBounds& bounds) {
  if (!within(head, bounds.min_head_words, bounds.max_head_words)) return "head length";
  const size_t tail = sentence.words.size() - head;
  if (!within(tail, bounds.min_tail_words, bounds.max_tail_words) || tail == 0) {
    return "tail length";
  }
  // punctuation at the end belongs to the sentence
  const std::string last = without_final_punctuation(sentence.words.back());
  const bool clauses = ends_clause(last) || std::any_of(sentence.words.begin() + head,
                                                        sentence.words.end() - 1, ends_clause);
  return clauses && !bounds.clauses ? "tail clause" : "";
}

std::string joined(const std::vector<std::string>& words, size_t begin, size_t end) {
  return join(std::span(words).subspan(begin, end - begin), " ");
}

SplitSentence cut(const Sentence& sentence, size_t head, int64_t line) {
  return {.head = joined(sentence.words, 0, head),
          .tail = without_final_punctuation(joined(sentence.words, head, sentence.words.size())),
          .line = line};
}

bool allows_tail(const PhraseLexicon& lexicon, const Sentence& sentence, size_t head) {
  std::vector<std::string> tail(sentence.lowered.begin() + head, sentence.lowered.end());
  for (std::string& word : tail) word = std::string(without_punctuation(word));
  return lexicon.allows_tail(tail);
}

}  // namespace

SplitResult split_by_phrase(std::string_view text, int64_t line, const PhraseLexicon& lexicon,
                            const SplitBounds& bounds) {
  const Sentence sentence = read_sentence(text);
  if (const char* mistake = sentence_mistake(sentence, bounds); *mistake) return rejected(mistake);
  std::vector<PhraseMatch> matches = lexicon.find(sentence.lowered);
  if (matches.empty()) return rejected("no phrase");
  const auto rank = [&](const PhraseMatch& match) {
    size_t letters = 0;
    for (const std::string& word : match.phrase->words) letters += word.size();
    return std::tuple(match.phrase->words.size(), letters, match.begin);
  };
  std::sort(matches.begin(), matches.end(),
            [&](const PhraseMatch& a, const PhraseMatch& b) { return rank(a) > rank(b); });
  const char* first_mistake = "";
  for (const PhraseMatch& match : matches) {
    const char* mistake =
        match.begin == 0 ? "head length" : cut_mistake(sentence, match.end, bounds);
    if (!*mistake && !allows_tail(lexicon, sentence, match.end)) mistake = "tail wording";
    if (!*first_mistake) first_mistake = mistake;
    if (*mistake) continue;
    SplitSentence found = cut(sentence, match.end, line);
    if (found.tail.empty()) continue;
    found.group = match.phrase->group;
    found.relation = match.phrase->relation;
    return {std::move(found), ""};
  }
  return rejected(*first_mistake ? first_mistake : "tail wording");
}

SplitResult split_at_random(std::string_view text, int64_t line, const SplitBounds& bounds,
                            uint64_t seed) {
  const Sentence sentence = read_sentence(text);
  if (const char* mistake = sentence_mistake(sentence, bounds); *mistake) return rejected(mistake);
  std::vector<size_t> heads;
  for (size_t head = 1; head < sentence.words.size(); ++head) {
    if (*cut_mistake(sentence, head, bounds)) continue;
    if (!cut(sentence, head, line).tail.empty()) heads.push_back(head);
  }
  if (heads.empty()) return rejected("no cut");
  const uint64_t content = hash64(join(sentence.words, " "), derive_seed(seed, "random split"));
  return {cut(sentence, heads[Rng(content).below(heads.size())], line), ""};
}

SplitResult accept_prediction(std::string_view text, int64_t line,
                              std::string_view predicted_tail) {
  const std::string sentence = collapse_whitespace(text);
  const std::string tail = without_final_punctuation(postprocess(std::string(predicted_tail)));
  if (tail.empty()) return rejected("empty tail");
  const auto is_letter = [&](size_t at) {
    const auto letter = static_cast<unsigned char>(sentence[at]);
    return std::isalnum(letter) || letter >= 0x80;
  };
  bool found = false;
  for (size_t at = sentence.rfind(tail); at != std::string::npos;
       at = at == 0 ? std::string::npos : sentence.rfind(tail, at - 1)) {
    found = true;
    const size_t end = at + tail.size();
    if ((at > 0 && is_letter(at - 1)) || (end < sentence.size() && is_letter(end))) continue;
    const std::string head = without_final_punctuation(
        collapse_whitespace(sentence.substr(0, at) + " " + sentence.substr(end)));
    if (head.empty()) return rejected("no head");
    return {SplitSentence{.head = head, .tail = tail, .line = line}, ""};
  }
  return rejected(found ? "inside a word" : "not in sentence");
}

}  // namespace dovetail
