// SPDX-License-Identifier: Apache-2.0
#include "text/character_map.h"

#include <utf8proc.h>

#include <cstring>

#include "base/error.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

// Fields of a unit of the double array (Yata 2012, https://github.com/s-yata/darts-clone).
bool has_leaf(uint32_t unit) { return (unit >> 8) & 1; }
uint32_t leaf_value(uint32_t unit) { return unit & 0x7FFFFFFF; }
uint32_t label_of(uint32_t unit) { return unit & 0x800000FF; }
uint32_t offset_of(uint32_t unit) { return (unit >> 10) << ((unit & 0x200) >> 6); }

constexpr size_t kLongestMappedCluster = 5;  // bytes

// The length of the first grapheme cluster (Unicode's annex 29, extended).
size_t cluster_length(std::string_view text) {
  Utf8Character last = first_character(text);
  size_t length = last.length;
  utf8proc_int32_t state = 0;
  while (length < text.size()) {
    const Utf8Character next = first_character(text.substr(length));
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(last.code_point),
                                         static_cast<utf8proc_int32_t>(next.code_point), &state)) {
      break;
    }
    length += next.length;
    last = next;
  }
  return length;
}

// Whether a walk from any unit by any byte ends at a unit, and each leaf has a text that ends.
// SentencePiece itself walks without looking. A unit whose highest bit is set is a leaf, which no
// byte leads to; the root is walked from whatever it is.
bool stays_within(const std::vector<uint32_t>& units, std::string_view texts) {
  if (units.empty() || (!texts.empty() && texts.back() != '\0')) return false;
  for (size_t i = 0; i < units.size(); ++i) {
    if (i > 0 && units[i] >> 31 != 0) continue;
    const size_t next = i ^ offset_of(units[i]);
    if ((next | 0xFF) >= units.size()) return false;
    if (has_leaf(units[i]) && leaf_value(units[next]) >= texts.size()) return false;
  }
  return true;
}

bool is_ascii(char byte) { return static_cast<uint8_t>(byte) < 0x80; }

}  // namespace

CharacterMap::CharacterMap(std::string bytes, const std::string& where) : bytes_(std::move(bytes)) {
  uint32_t size = 0;
  if (bytes_.size() >= 4) std::memcpy(&size, bytes_.data(), 4);
  if (size > 0 && size % 4 == 0 && size <= bytes_.size() - 4) {
    units_.resize(size / 4);
    std::memcpy(units_.data(), bytes_.data() + 4, size);
    texts_ = std::string_view(bytes_).substr(4 + size);
  }
  if (!stays_within(units_, texts_))
    throw_<DataError>("{}: \"precompiled_charsmap\" is damaged; copy the file again", where);
  for (int character = 0; character < 128; ++character) {
    const char byte = static_cast<char>(character);
    std::string_view mapped;
    keeps_ascii_[character] = !find({&byte, 1}, mapped) && byte != '\r';
  }
}

bool CharacterMap::find(std::string_view text, std::string_view& mapped) const {
  uint32_t at = offset_of(units_[0]);
  for (const char c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (byte == 0) return false;
    at ^= byte;
    if (at >= units_.size() || label_of(units_[at]) != byte) return false;
    const bool is_entry = has_leaf(units_[at]);
    at ^= offset_of(units_[at]);
    if (!is_entry) continue;
    if (at >= units_.size() || leaf_value(units_[at]) > texts_.size()) return false;
    mapped = texts_.substr(leaf_value(units_[at]));
    mapped = mapped.substr(0, mapped.find('\0'));
    return true;
  }
  return false;
}

void CharacterMap::append(std::string_view cluster, std::string& text) const {
  std::string_view mapped;
  if (cluster.size() <= kLongestMappedCluster && find(cluster, mapped)) {
    text += mapped;
    return;
  }
  while (!cluster.empty()) {
    const std::string_view character = cluster.substr(0, first_character(cluster).length);
    text += find(character, mapped) ? mapped : character;
    cluster.remove_prefix(character.size());
  }
}

std::string CharacterMap::apply(std::string_view text) const {
  std::string mapped;
  mapped.reserve(text.size());
  while (!text.empty()) {
    // an ASCII character is a cluster if another one follows; most text is nothing else
    size_t plain = 0;
    while (plain < text.size() && is_ascii(text[plain]) &&
           keeps_ascii_[static_cast<uint8_t>(text[plain])] &&
           (plain + 1 == text.size() || is_ascii(text[plain + 1]))) {
      ++plain;
    }
    mapped += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const size_t length = cluster_length(text);
    append(text.substr(0, length), mapped);
    text.remove_prefix(length);
  }
  return mapped;
}

}  // namespace dovetail
