// SPDX-License-Identifier: Apache-2.0
#include "text/pre_tokenizer.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "text/text_pattern.h"
#include "text/tokenizer_component.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

using Words = std::vector<Word>;
using Spans = std::vector<std::pair<size_t, size_t>>;

// Replaces each word by what cut(word, words) makes of it; empty words vanish.
template <typename Cut>
WordStep each_word(Cut cut) {
  return [cut](Words& words) {
    Words smaller;
    for (Word& word : words) cut(std::move(word), smaller);
    std::erase_if(smaller, [](const Word& word) { return word.text.empty(); });
    words = std::move(smaller);
  };
}

void add_part(const Word& word, size_t begin, size_t end, Words& words) {
  if (begin < end)
    words.push_back({word.text.substr(begin, end - begin), word.opens_text && begin == 0});
}

void split_at_whitespace(const Word& word, Words& words) {
  size_t begin = 0;
  for (size_t at = 0; at < word.text.size();) {
    const Utf8Character character = first_character(std::string_view(word.text).substr(at));
    if (is_white_space(character.code_point)) {
      add_part(word, begin, at, words);
      begin = at + character.length;
    }
    at += character.length;
  }
  add_part(word, begin, word.text.size(), words);
}

std::string replaced(const std::string& text, char what, const std::string& by) {
  std::string changed;
  for (const char c : text) c == what ? changed += by : changed += c;
  return changed;
}

WordStep metaspace_words(const nlohmann::json& json, const std::string& where) {
  const std::string mark = json.value("replacement", "\u2581");
  // before `prepend_scheme` (tokenizers 0.14) a boolean said whether there is a mark at all
  const std::string scheme =
      json.value("prepend_scheme", json.value("add_prefix_space", true) ? "always" : "never");
  if (scheme != "always" && scheme != "first" && scheme != "never") {
    throw_<DataError>("{}: the prepend_scheme \"{}\" of the pre_tokenizer is not supported", where,
                      scheme);
  }
  const bool splits = json.value("split", true);
  return each_word([=](Word word, Words& words) {
    std::string text = replaced(word.text, ' ', mark);
    const bool wants_mark = scheme == "always" || (scheme == "first" && word.opens_text);
    if (wants_mark && !text.empty() && !text.starts_with(mark)) text = mark + text;
    size_t begin = 0;
    while (splits && begin < text.size()) {
      const size_t next = std::min(text.find(mark, begin + 1), text.size());
      words.push_back({text.substr(begin, next - begin), word.opens_text && begin == 0});
      begin = next;
    }
    if (!splits) words.push_back({std::move(text), word.opens_text});
  });
}

// GPT-2's words: contractions, letters, digits or other characters with the space before them.
// \s is spelt out, since PCRE2 also counts U+180E.
TextPattern gpt2_words(const std::string& where) {
  const std::string space =
      R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029})"
      R"(\x{202f}\x{205f}\x{3000})";
  const std::string is = "[" + space + "]", is_not = "[^" + space + "]";
  return TextPattern::regular_expression(R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^)" +
                                             space + R"(\p{L}\p{N}]+|)" + is + "+(?!" + is_not +
                                             ")|" + is + "+",
                                         where);
}

WordStep byte_level_words(const nlohmann::json& json, const std::string& where) {
  const bool adds_space = json.value("add_prefix_space", true);
  const bool splits = json.value("use_regex", true);
  const TextPattern pattern = gpt2_words(where);
  return each_word([=](Word word, Words& words) {
    if (word.text.empty()) return;
    if (adds_space && !word.text.starts_with(' ')) word.text.insert(0, 1, ' ');
    const Spans spans = splits ? pattern.matches(word.text) : Spans{{0, word.text.size()}};
    for (const auto& [begin, end] : spans) {
      std::string characters;
      for (size_t at = begin; at < end; ++at) {
        characters += character_of_byte(static_cast<unsigned char>(word.text[at]));
      }
      words.push_back({std::move(characters), word.opens_text && begin == 0});
    }
  });
}

// Where a text is cut: the matches of a pattern and what lies between, in order.
struct SplitSpan {
  size_t begin = 0, end = 0;
  bool matches = false;
};

std::vector<SplitSpan> spans_of(const TextPattern& pattern, const std::string& text, bool invert) {
  std::vector<SplitSpan> spans;
  size_t done = 0;
  const auto add = [&](size_t end, bool matches) {
    if (end > done) spans.push_back({done, end, matches != invert});
    done = end;
  };
  for (const auto& [begin, end] : pattern.matches(text)) {
    add(begin, false);
    add(end, true);
  }
  add(text.size(), false);
  return spans;
}

WordStep split_words(const nlohmann::json& json, const std::string& where) {
  const TextPattern pattern = pattern_from(json.at("pattern"), where);
  const std::string behavior = json.value("behavior", "");
  const bool invert = json.value("invert", false);
  if (behavior != "Removed" && behavior != "Isolated" && behavior != "MergedWithNext" &&
      behavior != "MergedWithPrevious") {
    throw_<DataError>("{}: the Split behavior \"{}\" is not supported", where, behavior);
  }
  return each_word([=](const Word& word, Words& words) {
    const std::vector<SplitSpan> spans = spans_of(pattern, word.text, invert);
    for (size_t i = 0; i < spans.size(); ++i) {
      const size_t begin = spans[i].begin;
      if (spans[i].matches && behavior == "Removed") continue;
      // one that joins the next one, where that is of the other sort
      const bool joins = (behavior == "MergedWithNext" && spans[i].matches) ||
                         (behavior == "MergedWithPrevious" && !spans[i].matches);
      if (joins && i + 1 < spans.size() && spans[i + 1].matches != spans[i].matches) ++i;
      add_part(word, begin, spans[i].end, words);
    }
  });
}

WordStep words_in_sequence(const nlohmann::json& json, const std::string& where) {
  std::vector<WordStep> steps;
  for (const nlohmann::json& part : json.at("pretokenizers")) {
    steps.push_back(pre_tokenizer_from(part, where));
  }
  return [steps](Words& words) {
    for (const WordStep& step : steps) step(words);
  };
}

}  // namespace

const std::string& character_of_byte(unsigned char byte) {
  static const std::array<std::string, 256> characters = [] {
    std::array<std::string, 256> table;
    char32_t next = 0x100;
    for (int value = 0; value < 256; ++value) {
      const bool is_shown =
          (value >= 0x21 && value <= 0x7E) || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
      append_utf8(is_shown ? static_cast<char32_t>(value) : next++, table[value]);
    }
    return table;
  }();
  return characters[byte];
}

WordStep pre_tokenizer_from(const nlohmann::json& json, const std::string& where) {
  if (json.is_null()) return [](Words&) {};
  const std::string type = component_type(json, "pre_tokenizer", where);
  if (type == "Sequence") return words_in_sequence(json, where);
  if (type == "WhitespaceSplit") return each_word(split_at_whitespace);
  if (type == "Metaspace") return metaspace_words(json, where);
  if (type == "ByteLevel") return byte_level_words(json, where);
  if (type == "Split") return split_words(json, where);
  refuse_component(type, "pre_tokenizer", where);
}

}  // namespace dovetail
