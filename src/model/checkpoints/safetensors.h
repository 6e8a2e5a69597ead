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

// The tensors of a safetensors file: F64, F32, F16, BF16. As in the format's reference reader, the
// tensors must follow each other without overlap or hole up to the last byte. Throws DataError for
// a truncated file, an inconsistent header, or lengths that do not match.
std::vector<StoredTensor> parse_safetensors(std::string_view bytes, const std::string& file_name);

// Reads all tensors as float32 copies, with their stored shapes.
NamedTensors read_safetensors(const std::filesystem::path& file);

// Writes float32, or bfloat16 (rounded to nearest even). Converts one tensor at a time, to save
// memory. Throws SystemError if the file cannot be written.
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors,
                       bool bfloat16 = false);

}  // namespace dovetail
