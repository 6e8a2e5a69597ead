// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_tensors.h"

#include "base/error.h"
#include "base/file.h"
#include "model/checkpoints/weight_files.h"

namespace dovetail {

namespace fs = std::filesystem;

fs::path adapter_tensors_file(const fs::path& folder) {
  for (const char* name : {"adapter_model.safetensors", "adapter_model.bin"}) {
    if (fs::is_regular_file(folder / name)) return folder / name;
  }
  return {};
}

AdapterTensors read_adapter_tensors(const fs::path& folder) {
  AdapterTensors read{.file = adapter_tensors_file(folder), .tensors = {}};
  if (read.file.empty()) {
    throw_<ConfigError>(
        "{}: expected adapter_model.safetensors or adapter_model.bin in this adapter folder, found "
        "neither",
        folder.string());
  }
  const MappedFile mapped(read.file);
  for (const StoredTensor& stored : parse_weights(mapped.bytes(), read.file.string()))
    read.tensors.emplace_back(stored.name, to_float32(stored));
  return read;
}

}  // namespace dovetail
