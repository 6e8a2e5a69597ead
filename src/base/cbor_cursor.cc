// SPDX-License-Identifier: Apache-2.0
#include "base/cbor_cursor.h"

#include <array>
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

int64_t CborCursor::whole_number() {
  constexpr double kExact = 9007199254740992;  // up to here a double has every whole number
  const double value = number();
  if (!(value >= -kExact && value <= kExact &&
        value == static_cast<double>(static_cast<int64_t>(value))))
    throw_<DataError>("CBOR of the number {} in place of a whole one", value);
  return static_cast<int64_t>(value);
}

void CborCursor::skip() {
  std::array<uint64_t, kDeepest> left{};  // items of each array or map that this is in
  left[0] = 1;
  for (size_t depth = 0;;) {
    if (left[depth] == 0) {
      if (depth-- == 0) return;
      continue;
    }
    --left[depth];
    const Head head = this->head();
    if (head.type == kBytes || head.type == kText) take(head.argument);
    if (head.type == kTag) ++left[depth];
    if (head.type != kArray && head.type != kMap) continue;
    // each item takes a byte at least, which bounds a damaged count
    if (head.argument > bytes_.size()) take(head.argument);
    if (++depth == kDeepest) throw_<DataError>("CBOR nested deeper than {} levels", kDeepest);
    left[depth] = head.type == kMap ? 2 * head.argument : head.argument;
  }
}

std::string_view CborCursor::bytes_of_item() {
  const std::string_view before = bytes_;
  skip();
  return before.substr(0, before.size() - bytes_.size());
}

uint64_t CborCursor::begin_array() {
  const Head head = this->head();
  if (head.type != kArray) throw_<DataError>("CBOR of type {} in place of an array", head.type);
  return head.argument;
}

uint64_t CborCursor::begin_map() {
  const Head head = this->head();
  if (head.type != kMap) throw_<DataError>("CBOR of type {} in place of a map", head.type);
  return head.argument;
}

}  // namespace dovetail
