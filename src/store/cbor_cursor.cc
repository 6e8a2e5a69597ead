// SPDX-License-Identifier: Apache-2.0
#include "store/cbor_cursor.h"

#include <bit>
#include <limits>

#include "base/error.h"

namespace dovetail {

namespace {

enum MajorType { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

}  // namespace

std::string_view CborCursor::take(uint64_t count) {
  if (count > bytes_.size())
    throw_<DataError>("CBOR cut off: {} bytes wanted, {} left", count, bytes_.size());
  const std::string_view taken = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return taken;
}

CborCursor::Head CborCursor::head() {
  constexpr int kOneByte = 24, kEightBytes = 27;
  const auto first = static_cast<uint8_t>(take(1).front());
  Head head{.type = first >> 5, .argument = static_cast<uint64_t>(first & 31)};
  if (head.argument < kOneByte) return head;
  if (head.argument > kEightBytes)
    throw_<DataError>("CBOR of indefinite length, which no record has");
  head.width = 1 << (head.argument - kOneByte);
  head.argument = 0;
  for (const char byte : take(static_cast<uint64_t>(head.width)))
    head.argument = head.argument << 8 | static_cast<uint8_t>(byte);
  return head;
}

std::string_view CborCursor::text() {
  const Head head = this->head();
  if (head.type != kText) throw_<DataError>("CBOR of type {} in place of a text", head.type);
  return take(head.argument);
}

double CborCursor::number() {
  const Head head = this->head();
  if (head.type == kUnsigned) return static_cast<double>(head.argument);
  if (head.type == kNegative) return -1 - static_cast<double>(head.argument);
  if (head.type == kSimple && head.width == 4)
    return std::bit_cast<float>(static_cast<uint32_t>(head.argument));
  if (head.type == kSimple && head.width == 8) return std::bit_cast<double>(head.argument);
  if (head.type == kText) {  // as records write what JSON has no number for
    take(head.argument);
    return std::numeric_limits<double>::quiet_NaN();
  }
  throw_<DataError>("CBOR of type {} in place of a number", head.type);
}

void CborCursor::skip() {
  for (uint64_t left = 1; left > 0; --left) {
    const Head head = this->head();
    switch (head.type) {
      case kBytes:
      case kText: take(head.argument); break;
      case kArray:
      case kMap:
        // each item takes a byte at least, which bounds a damaged count
        if (head.argument > bytes_.size()) take(head.argument);
        left += head.type == kMap ? 2 * head.argument : head.argument;
        break;
      case kTag: ++left; break;
      default: break;
    }
  }
}

std::string_view CborCursor::bytes_of_item() {
  const std::string_view before = bytes_;
  skip();
  return before.substr(0, before.size() - bytes_.size());
}

uint64_t CborCursor::begin_map() {
  const Head head = this->head();
  if (head.type != kMap) throw_<DataError>("CBOR of type {} in place of a map", head.type);
  return head.argument;
}

}  // namespace dovetail
