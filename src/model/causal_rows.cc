// SPDX-License-Identifier: Apache-2.0
#include "model/causal_rows.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <map>

namespace dovetail {

using at::Tensor;

namespace {

// One row; pointers to its columns. segments: null where a row is one example.
struct RowWriter {
  const float* mask = nullptr;
  const float* segments = nullptr;
  int64_t source_length = 0, target_length = 0;
  float *keys = nullptr, *queries = nullptr;
  int64_t *positions = nullptr, *outputs = nullptr;
  int64_t longest = 0;

  // The last column and the number of tokens of each example's source.
  struct Source {
    int64_t last_column = 0, tokens = 0;
  };
  std::map<float, Source> sources = {};

  void place(int64_t column, float number, int64_t position) {
    keys[column] = queries[column] = number;
    positions[column] = position;
    longest = std::max(longest, position + 1);
  }

  void write_source() {
    for (int64_t column = 0; column < source_length; ++column) {
      if (mask[column] <= 0) continue;
      Source& source = sources[mask[column]];
      place(column, mask[column], source.tokens++);
      source.last_column = column;
    }
  }

  void write_target() {
    int64_t next = 0;  // the position of the column, in its example
    for (int64_t t = 0; t < target_length; ++t) {
      const float number = segments != nullptr ? segments[t] : 1.0F;
      const bool is_start = t == 0 || (segments != nullptr && number != segments[t - 1]);
      const int64_t column = source_length + t;
      outputs[t] = column;
      const auto source = sources.find(number);
      if (is_start && source != sources.end()) {
        outputs[t] = source->second.last_column;
        next = source->second.tokens;
        continue;  // the start is left out
      }
      if (is_start) next = 0;
      if (number > 0) place(column, number, next++);
    }
  }
};

}  // namespace

CausalRows lay_out_rows(const Tensor& mask_BS, const Tensor& segments_BT, int64_t target_length) {
  const Tensor mask = mask_BS.to(at::kCPU, at::kFloat).contiguous();
  const Tensor segments =
      segments_BT.defined() ? segments_BT.to(at::kCPU, at::kFloat).contiguous() : Tensor();
  const int64_t rows = mask.size(0), source_length = mask.size(1);
  const int64_t width = source_length + target_length;
  const Tensor keys = at::zeros({rows, width}), queries = at::zeros({rows, width});
  const Tensor positions = at::zeros({rows, width}, at::kLong);
  const Tensor outputs = at::zeros({rows, target_length}, at::kLong);
  CausalRows laid;
  for (int64_t row = 0; row < rows; ++row) {
    RowWriter writer{.mask = mask.const_data_ptr<float>() + row * source_length,
                     .segments = segments.defined()
                                     ? segments.const_data_ptr<float>() + row * target_length
                                     : nullptr,
                     .source_length = source_length,
                     .target_length = target_length,
                     .keys = keys.data_ptr<float>() + row * width,
                     .queries = queries.data_ptr<float>() + row * width,
                     .positions = positions.data_ptr<int64_t>() + row * width,
                     .outputs = outputs.data_ptr<int64_t>() + row * target_length};
    writer.write_source();
    writer.write_target();
    laid.longest = std::max(laid.longest, writer.longest);
  }
  const at::Device device = mask_BS.device();
  laid.keys_BX = keys.to(device);
  if (segments.defined()) laid.segments_BX = queries.to(device);
  laid.positions_BX = positions.to(device);
  laid.outputs_BT = outputs.to(device);
  return laid;
}

}  // namespace dovetail
