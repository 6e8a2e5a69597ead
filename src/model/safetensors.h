// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/weights.h"

namespace dovetail {

// A tensor's place in a safetensors file, checked against the file's size.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;                 // F32, F16, BF16
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;       // bytes after the header
};

// The header of a safetensors file. Throws DataError for a truncated file, a lying header or
// lengths that do not fit; nothing past the end of the bytes is ever read.
std::vector<SafetensorsEntry> parse_safetensors_header(std::string_view bytes,
                                                       const std::string& file_name);

// All tensors, as float32 copies.
NamedTensors read_safetensors(const std::filesystem::path& file);

// Float32, or bfloat16 where asked for (rounded to nearest even; half the size).
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors,
                       bool bfloat16 = false);

}  // namespace dovetail
