// SPDX-License-Identifier: Apache-2.0
#include "store/results/chunks.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"

namespace dovetail::hdf5 {

namespace {

constexpr size_t kContiguousBytes = 64 << 10;
constexpr size_t kChunkBytes = 256 << 10;
constexpr int kFastest = 1;      // the deflate level; the same as in create_dataset()
constexpr int64_t kBatch = 128;  // chunks compressed before any is written: bounds the memory

size_t product(Shape::const_iterator begin, Shape::const_iterator end) {
  return std::accumulate(begin, end, size_t{1}, std::multiplies<>());
}

// HDF5's shuffle filter: all first bytes, then all second ones, ...
std::vector<uint8_t> shuffled(const std::vector<uint8_t>& bytes, size_t element_bytes) {
  if (element_bytes == 1) return bytes;
  const size_t count = bytes.size() / element_bytes;
  std::vector<uint8_t> out(bytes.size());
  for (size_t byte = 0; byte < element_bytes; ++byte) {
    uint8_t* to = out.data() + byte * count;
    const uint8_t* from = bytes.data() + byte;
    for (size_t i = 0; i < count; ++i) to[i] = from[i * element_bytes];
  }
  return out;
}

std::vector<uint8_t> deflated(const std::vector<uint8_t>& bytes) {
  uLongf size = compressBound(bytes.size());
  std::vector<uint8_t> out(size);
  const int result = compress2(out.data(), &size, bytes.data(), bytes.size(), kFastest);
  if (result != Z_OK)
    throw_<SystemError>("zlib cannot compress {} bytes: {}", bytes.size(), zError(result));
  out.resize(size);
  return out;
}

// Chunks cut one dimension, `split`, into pieces. They have size 1 in the dimensions before it and
// span those after it.
struct Cut {
  size_t split = 0;
  size_t row_bytes = 0;  // of one index of `split`
  size_t outer = 1;      // blocks: the product of the dimensions before `split`
  size_t pieces = 1;     // of `split`, in each block
};

Cut cut_of(const Shape& shape, const Shape& chunk, size_t element_bytes) {
  Cut cut;
  while (cut.split + 1 < shape.size() && chunk[cut.split] == 1 && shape[cut.split] >= 1 &&
         product(chunk.begin() + cut.split + 1, chunk.end()) <
             product(shape.begin() + cut.split + 1, shape.end())) {
    ++cut.split;
  }
  cut.row_bytes = product(shape.begin() + cut.split + 1, shape.end()) * element_bytes;
  cut.outer = product(shape.begin(), shape.begin() + cut.split);
  cut.pieces = (shape[cut.split] + chunk[cut.split] - 1) / chunk[cut.split];
  return cut;
}

// The offset of chunk number `index`, as HDF5 wants it.
Shape offset_of(const Shape& shape, const Shape& chunk, const Cut& cut, size_t index) {
  Shape offset(shape.size(), 0);
  offset[cut.split] = (index % cut.pieces) * chunk[cut.split];
  size_t block = index / cut.pieces;
  for (size_t i = cut.split; i-- > 0;) {
    offset[i] = block % shape[i];
    block /= shape[i];
  }
  return offset;
}

// A chunk at the edge has full size; zeros fill the part outside the array.
std::vector<uint8_t> bytes_of(const Shape& shape, const Shape& chunk, const Cut& cut, size_t index,
                              const uint8_t* data) {
  const size_t first = (index % cut.pieces) * chunk[cut.split];
  const size_t rows = std::min<size_t>(chunk[cut.split], shape[cut.split] - first);
  const size_t row = (index / cut.pieces) * shape[cut.split] + first;
  std::vector<uint8_t> bytes(chunk[cut.split] * cut.row_bytes, 0);
  std::memcpy(bytes.data(), data + row * cut.row_bytes, rows * cut.row_bytes);
  return bytes;
}

}  // namespace

Shape chunk_shape(const Shape& shape, size_t element_bytes) {
  if (product(shape.begin(), shape.end()) * element_bytes <= kContiguousBytes) return {};
  Shape chunk(shape.size(), 1);
  size_t bytes = element_bytes;
  for (size_t i = shape.size(); i-- > 0;) {
    chunk[i] = std::clamp<hsize_t>(kChunkBytes / bytes, 1, shape[i]);
    if (chunk[i] < shape[i]) break;
    bytes *= shape[i];
  }
  return chunk;
}

void write_chunks(const Handle& dataset, const Shape& shape, const Shape& chunk,
                  size_t element_bytes, const void* data) {
  const Cut cut = cut_of(shape, chunk, element_bytes);
  const auto count = static_cast<int64_t>(cut.outer * cut.pieces);
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (int64_t begin = 0; begin < count; begin += kBatch) {
    std::vector<std::vector<uint8_t>> batch(std::min(kBatch, count - begin));
    parallel_for(std::ssize(batch), 1, [&](int64_t i) {
      batch[i] = deflated(shuffled(bytes_of(shape, chunk, cut, begin + i, bytes), element_bytes));
    });
    for (int64_t i = 0; i < std::ssize(batch); ++i) {
      write_raw_chunk(dataset, offset_of(shape, chunk, cut, begin + i), batch[i]);
    }
  }
}

}  // namespace dovetail::hdf5
