// SPDX-License-Identifier: Apache-2.0
#include "templates/rendered.h"

#include <fmt/format.h>

#include "base/text.h"

namespace dovetail {

namespace {

constexpr std::string_view kBegin = "<extra_id_";

// Length of the sentinel that `text` begins with, or 0.
size_t sentinel_length(std::string_view text) {
  if (!text.starts_with(kBegin)) return 0;
  const size_t end = text.find_first_not_of("0123456789", kBegin.size());
  if (end == std::string_view::npos || end == kBegin.size() || text[end] != '>') return 0;
  return end + 1;
}

// A model may generate numbers that no vocabulary has; they must not overflow.
int64_t sentinel_number(std::string_view sentinel) {
  const std::string digits(sentinel.substr(kBegin.size(), sentinel.size() - kBegin.size() - 1));
  return digits.size() > 6 ? 999999 : std::stoll(digits);
}

}  // namespace

std::string Rendered::source_text(bool with_owner) const {
  std::string text;
  for (const Segment& segment : source) {
    const SoftToken& token = segment.token;
    text +=
        segment.soft ? fmt::format("<{}>", with_owner ? token.name() : token.label) : segment.text;
  }
  return text;
}

std::vector<SentinelPart> split_at_sentinels(std::string_view text) {
  std::vector<SentinelPart> parts(1);
  std::string current;
  for (size_t i = 0; i < text.size();) {
    const size_t length = sentinel_length(text.substr(i));
    if (length == 0) {
      current += text[i++];
      continue;
    }
    parts.back().text = collapse_whitespace(current);
    current.clear();
    parts.push_back({.number = sentinel_number(text.substr(i, length)), .text = ""});
    i += length;
  }
  parts.back().text = collapse_whitespace(current);
  return parts;
}

std::string postprocess(const std::string& generated) {
  std::string text;
  for (const SentinelPart& part : split_at_sentinels(generated)) text += ' ' + part.text;
  return collapse_whitespace(text);
}

// Joins adjacent fixed texts, so that a source has few segments.
void SourceWriter::add(std::string text, int cut) {
  if (text.empty()) return;
  const bool fixed = !segments_.empty() && !segments_.back().soft && segments_.back().cut == 0;
  if (fixed && cut == 0) {
    segments_.back().text += text;
  } else {
    segments_.push_back({.text = std::move(text), .cut = cut});
  }
}

void SourceWriter::text(std::string_view text, int cut) {
  if (text.empty()) return;
  if (!segments_.empty()) add(" ", 0);
  add(std::string(text), cut);
}

void SourceWriter::glued(std::string_view text, int cut) { add(std::string(text), cut); }

void SourceWriter::phrase(std::string_view text) { this->text(fill_masks(text)); }

void SourceWriter::glued_phrase(std::string_view text) { glued(fill_masks(text)); }

void SourceWriter::soft(SoftToken token) {
  if (!segments_.empty()) add(" ", 0);
  segments_.push_back({.text = "", .cut = 0, .soft = true, .token = std::move(token)});
}

std::vector<Segment> SourceWriter::take() { return std::move(segments_); }

std::string SourceWriter::fill_masks(std::string_view text) {
  constexpr std::string_view kMask = "[MASK]";
  std::string filled(text);
  for (size_t at = filled.find(kMask); at != std::string::npos; at = filled.find(kMask, at)) {
    filled.replace(at, kMask.size(), fmt::format("<extra_id_{}>", masks_++));
  }
  return filled;
}

}  // namespace dovetail
