// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/checkpoints/stored_tensor.h"
#include "model/weights.h"

namespace dovetail {

// The tensors of a safetensors file: F64, F32, F16, BF16. As the format's own reader does, it takes
// only files whose tensors lie one behind the other, without overlap or hole, up to the last byte.
// Throws DataError for a truncated file, a lying header or lengths that do not fit.
std::vector<StoredTensor> parse_safetensors(std::string_view bytes, const std::string& file_name);

// All tensors, as float32 copies.
NamedTensors read_safetensors(const std::filesystem::path& file);

// Float32, or bfloat16 where asked for (rounded to nearest even; half the size). At most one
// tensor is held a second time while writing.
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors,
                       bool bfloat16 = false);

}  // namespace dovetail
