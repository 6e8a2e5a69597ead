// SPDX-License-Identifier: Apache-2.0
#include "training/encoder_outputs.h"

#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

namespace dovetail {

using at::Tensor;

namespace {

// Packed rows are several sources.
bool has_plain_sources(const Batch& batch) {
  return batch.source_BS.is_cpu() && !batch.segments_BT.defined();
}

int64_t length_of(const Tensor& mask_BS, int64_t row) {
  return static_cast<int64_t>(mask_BS[row].sum().item<double>());
}

std::string name_of(const Tensor& source_BS, int64_t row, int64_t length) {
  const int64_t* ids = source_BS.const_data_ptr<int64_t>() + row * source_BS.stride(0);
  return {reinterpret_cast<const char*>(ids), static_cast<size_t>(length) * sizeof(int64_t)};
}

}  // namespace

Tensor EncoderOutputs::find(const Batch& batch) const {
  if (rows_.empty() || !has_plain_sources(batch)) return {};
  const int64_t count = batch.source_BS.size(0);
  const int64_t width = rows_.begin()->second.size(1);
  const at::NoGradGuard no_grad;
  Tensor memory_BSD;
  for (int64_t row = 0; row < count; ++row) {
    const int64_t length = length_of(batch.mask_BS, row);
    const auto known = rows_.find(name_of(batch.source_BS, row, length));
    if (known == rows_.end()) return {};
    if (!memory_BSD.defined()) memory_BSD = at::zeros({count, batch.source_BS.size(1), width});
    memory_BSD[row].narrow(0, 0, length).copy_(known->second);
  }
  return memory_BSD;
}

void EncoderOutputs::offer(const Batch& batch, const Tensor& memory_BSD, bool drops) {
  if (at::GradMode::is_enabled()) never_change_ = !memory_BSD.requires_grad();
  if (!never_change_ || drops || !has_plain_sources(batch)) return;
  for (int64_t row = 0; row < batch.source_BS.size(0); ++row) {
    const int64_t length = length_of(batch.mask_BS, row);
    const Tensor own = memory_BSD[row].narrow(0, 0, length);
    if (bytes_ + own.nbytes() > static_cast<size_t>(most_bytes_)) return;
    if (rows_.try_emplace(name_of(batch.source_BS, row, length), own.clone()).second)
      bytes_ += static_cast<int64_t>(own.nbytes());
  }
}

}  // namespace dovetail
