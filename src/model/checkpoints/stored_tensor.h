// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// A tensor within a file. Every number is checked against the file's size.
struct StoredTensor {
  std::string name;
  at::ScalarType dtype = at::kFloat;  // float64, float32, float16 or bfloat16
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  // in elements
  std::string_view bytes;        // from the first element to the last
};

// A file's unchecked description of a tensor. Offsets and strides count elements.
struct ClaimedTensor {
  std::string name;
  at::ScalarType dtype = at::kFloat;
  std::vector<int64_t> shape, strides;
  int64_t offset = 0;
};

// Checks a tensor against its storage. Throws DataError if it reaches outside, has a negative size,
// or claims more elements than the storage has (a small file must not fill the memory).
StoredTensor within_storage(const ClaimedTensor& claimed, std::string_view storage,
                            const std::string& file_name);

std::vector<int64_t> contiguous_strides(const std::vector<int64_t>& shape);

// A contiguous copy, independent of the file, of the stored shape.
at::Tensor to_float32(const StoredTensor& stored);

}  // namespace dovetail
