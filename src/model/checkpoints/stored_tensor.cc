// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/stored_tensor.h"

#include <ATen/ops/empty.h>
#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace dovetail {

namespace {

[[noreturn]] void refuse(const std::string& file, const std::string& name, const char* what) {
  throw_<DataError>("{}: tensor {} {}; fetch or write the file again", file, name, what);
}

// The number of elements, and the distance from the first to the last one.
struct Extent {
  int64_t count = 1;
  int64_t last = 0;
};

Extent extent_of(const ClaimedTensor& claimed, const std::string& file) {
  if (claimed.shape.size() != claimed.strides.size()) {
    refuse(file, claimed.name, "has different numbers of strides and dimensions");
  }
  Extent extent;
  bool fits = true, empty = false;
  for (size_t i = 0; i < claimed.shape.size(); ++i) {
    const int64_t size = claimed.shape[i], stride = claimed.strides[i];
    int64_t reach = 0;
    empty = empty || size == 0;
    // also checks the other sizes of an empty tensor, which are multiplied later
    fits = fits && size >= 0 && stride >= 0 &&
           !__builtin_mul_overflow(extent.count, std::max<int64_t>(size, 1), &extent.count) &&
           !__builtin_mul_overflow(std::max<int64_t>(size - 1, 0), stride, &reach) &&
           !__builtin_add_overflow(extent.last, reach, &extent.last);
  }
  if (!fits) refuse(file, claimed.name, "has an impossible shape");
  if (empty) extent.count = 0;
  return extent;
}

}  // namespace

std::vector<int64_t> contiguous_strides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    // extent_of finds an overflow
    __builtin_mul_overflow(strides[i], std::max<int64_t>(shape[i], 1), &strides[i - 1]);
  }
  return strides;
}

StoredTensor within_storage(const ClaimedTensor& claimed, std::string_view storage,
                            const std::string& file_name) {
  const Extent extent = extent_of(claimed, file_name);
  const int64_t item = static_cast<int64_t>(c10::elementSize(claimed.dtype));
  const int64_t held = static_cast<int64_t>(storage.size()) / item;
  StoredTensor stored{claimed.name, claimed.dtype, claimed.shape, claimed.strides, {}};
  if (claimed.offset < 0) refuse(file_name, claimed.name, "begins before its storage");
  if (extent.count == 0) return stored;
  if (extent.count > held) refuse(file_name, claimed.name, "claims more elements than are stored");
  if (claimed.offset > held || extent.last >= held - claimed.offset) {
    refuse(file_name, claimed.name, "reaches outside of what is stored");
  }
  stored.bytes = storage.substr(claimed.offset * item, (extent.last + 1) * item);
  return stored;
}

at::Tensor to_float32(const StoredTensor& stored) {
  const int64_t item = static_cast<int64_t>(c10::elementSize(stored.dtype));
  const int64_t held = static_cast<int64_t>(stored.bytes.size()) / item;
  if (held == 0) return at::empty(stored.shape, at::kFloat);
  // memcpy, because offsets in a file need not be aligned for the type
  at::Tensor raw = at::empty({held}, stored.dtype);
  std::memcpy(raw.data_ptr(), stored.bytes.data(), stored.bytes.size());
  return raw.as_strided(stored.shape, stored.strides).to(at::kFloat).contiguous();
}

}  // namespace dovetail
