// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "model/weights.h"

namespace dovetail {

// What PEFT puts before the name of a module, in the names of an adapter's tensors.
inline constexpr const char* kPeftPrefix = "base_model.model.";

// The tensors of an adapter folder as float32 copies, and the file that holds them.
struct AdapterTensors {
  std::filesystem::path file;
  NamedTensors tensors;
};

// Reads adapter_model.safetensors or, where that is missing, adapter_model.bin, as PEFT does.
// Throws ConfigError for a folder with neither, and DataError for a damaged file.
AdapterTensors read_adapter_tensors(const std::filesystem::path& folder);

// The file that read_adapter_tensors would read; an empty path for a folder with neither.
std::filesystem::path adapter_tensors_file(const std::filesystem::path& folder);

}  // namespace dovetail
