// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace dovetail {

// Walks over CBOR (RFC 8949) without making objects of it: a few fields of a hundred thousand
// records are read in a tenth of a second. Knows what the JSON library writes, so no items of
// indefinite length. Throws DataError for bytes that are cut off, and for an item of another type
// than asked for.
class CborCursor {
 public:
  static constexpr size_t kDeepest = 64;

  explicit CborCursor(std::string_view bytes) : bytes_(bytes) {}

  // Each goes past the next item.
  std::string_view text();
  double number();  // NaN for a text, which records have in place of NaN and infinity
  int64_t whole_number();
  void skip();  // DataError for items nested deeper than kDeepest levels
  // The item as it stands there.
  std::string_view bytes_of_item();

  // Of the next item, an array: calls visit(cursor) for each element, as below.
  template <typename Visit>
  void for_each_element(Visit visit) {
    for (uint64_t left = begin_array(); left > 0; --left) {
      CborCursor element(bytes_of_item());
      visit(element);
    }
  }

  // Of the next item, a map: calls visit(key, cursor) for each member; what it leaves unread is
  // skipped.
  template <typename Visit>
  void for_each_member(Visit visit) {
    for (uint64_t left = begin_map(); left > 0; --left) {
      const std::string_view key = text();
      CborCursor value(bytes_of_item());
      visit(key, value);
    }
  }

 private:
  struct Head {
    int type = 0;           // the major type, 0 to 7
    int width = 0;          // bytes of the argument; 0: it stands in the first byte
    uint64_t argument = 0;  // a value, a length, or the bits of a float
  };
  Head head();
  uint64_t begin_map();
  uint64_t begin_array();
  std::string_view take(uint64_t count);

  std::string_view bytes_;  // not read yet
};

}  // namespace dovetail
