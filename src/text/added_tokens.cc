// SPDX-License-Identifier: Apache-2.0
#include "text/added_tokens.h"

#include <algorithm>

#include "text/unicode.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

size_t last_character(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

bool is_word_at(std::string_view text, size_t at) {
  const Utf8Character character = first_character(text.substr(at));
  return character.valid && is_word_character(character.code_point);
}

bool is_space_at(std::string_view text, size_t at) {
  const Utf8Character character = first_character(text.substr(at));
  return character.valid && is_white_space(character.code_point);
}

bool stands_alone(std::string_view text, size_t begin, size_t end) {
  const bool word_before = begin > 0 && is_word_at(text, last_character(text.substr(0, begin)));
  return !word_before && (end == text.size() || !is_word_at(text, end));
}

}  // namespace

struct AddedTokens::Match {
  size_t begin = 0, end = 0;
  const AddedToken* token = nullptr;
};

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, Normalizer normalizer)
    : tokens_(std::move(tokens)), normalizer_(std::move(normalizer)) {
  raw_ = finder_of(false);
  if (normalizer_) normalized_ = finder_of(true);
}

AddedTokens::Finder AddedTokens::finder_of(bool normalized) const {
  std::vector<std::string> contents;
  for (const AddedToken& token : tokens_) {
    const bool is_here = !normalizer_ || token.normalized == normalized;
    contents.push_back(!is_here ? "" : normalized ? normalizer_(token.content) : token.content);
  }
  if (std::ranges::all_of(contents, &std::string::empty)) return std::nullopt;
  return PieceTrie(std::vector<std::string_view>(contents.begin(), contents.end()));
}

std::optional<AddedTokens::Match> AddedTokens::next_match(const Finder& finder,
                                                          std::string_view text, size_t from,
                                                          bool with_controls) const {
  for (size_t at = from; at < text.size(); ++at) {
    size_t length = 0;
    const AddedToken* token = nullptr;
    finder->for_each_prefix(text.substr(at), [&](size_t found, int32_t place) {
      if (!with_controls && tokens_[place].is_control) return;
      length = found;
      token = &tokens_[place];
    });
    if (token != nullptr) return Match{at, at + length, token};
  }
  return std::nullopt;
}

std::vector<TextPart> AddedTokens::cut_with(const Finder& finder, std::string_view text,
                                            bool with_controls) const {
  std::vector<TextPart> parts;
  size_t done = 0;
  const auto add_text = [&](size_t end) {
    if (end > done) parts.push_back({-1, std::string(text.substr(done, end - done)), done == 0});
  };
  size_t from = 0;
  while (finder) {
    const auto match = next_match(finder, text, from, with_controls);
    if (!match) break;
    auto [begin, end, token] = *match;
    from = end;
    if (token->single_word && !stands_alone(text, begin, end)) continue;
    while (token->lstrip && begin > done &&
           is_space_at(text, last_character(text.substr(0, begin)))) {
      begin = last_character(text.substr(0, begin));
    }
    while (token->rstrip && end < text.size() && is_space_at(text, end)) {
      end += first_character(text.substr(end)).length;
    }
    add_text(begin);
    parts.push_back({token->id, "", false});
    done = end;
    from = std::max(from, end);
  }
  add_text(text.size());
  return parts;
}

std::vector<TextPart> AddedTokens::cut(std::string_view text, bool with_controls) const {
  std::vector<TextPart> parts = cut_with(raw_, text, with_controls);
  if (!normalizer_) return parts;
  std::vector<TextPart> finished;
  for (TextPart& part : parts) {
    if (part.id < 0) part.text = normalizer_(part.text);
    if (part.id >= 0 || !normalized_) {
      finished.push_back(std::move(part));
      continue;
    }
    for (TextPart& smaller : cut_with(normalized_, part.text, with_controls)) {
      smaller.opens_text = smaller.opens_text && part.opens_text;
      finished.push_back(std::move(smaller));
    }
  }
  return finished;
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  const auto found = std::ranges::find(tokens_, content, &AddedToken::content);
  return found == tokens_.end() ? nullptr : &*found;
}

const AddedToken* AddedTokens::find(int32_t id) const {
  const auto found = std::ranges::find(tokens_, id, &AddedToken::id);
  return found == tokens_.end() ? nullptr : &*found;
}

}  // namespace dovetail
