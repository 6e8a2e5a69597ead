// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/checkpoints/stored_tensor.h"

namespace dovetail {

// The tensors of a weight file: safetensors if its name ends so, else the format of torch.save.
std::vector<StoredTensor> parse_weights(std::string_view bytes, const std::string& file_name);

// Parses model.safetensors.index.json and its like: tensor name -> file name in the same folder.
std::map<std::string, std::string> parse_weight_map(std::string_view text,
                                                    const std::string& file_name);

// The weights of a folder in the Hugging Face layout, mapped into memory: load() makes the only
// copies. As in transformers, it takes the first that exists of model.safetensors,
// model.safetensors.index.json, pytorch_model.bin and pytorch_model.bin.index.json.
class WeightFiles {
 public:
  // Throws ConfigError if there are none, and DataError for a truncated file, a missing shard, or a
  // tensor that is not in the shard named by the index.
  explicit WeightFiles(const std::filesystem::path& folder);

  const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
  const std::filesystem::path& path() const { return path_; }  // for messages

  // A float32 copy of a tensor, with its stored shape. Releases the mapped pages it came from.
  at::Tensor load(const std::string& name) const;

  // The bytes of every file, in the order of their names.
  std::vector<std::string_view> bytes() const;

 private:
  void add_file(const std::filesystem::path& file);
  void add_shards();

  std::filesystem::path path_;
  std::vector<MappedFile> files_;
  std::map<std::string, StoredTensor> tensors_;
  std::map<std::string, size_t> file_of_;
};

}  // namespace dovetail
