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

// The tensors that a file of weights holds: safetensors where its name ends so, else torch.save's.
std::vector<StoredTensor> parse_weights(std::string_view bytes, const std::string& file_name);

// model.safetensors.index.json and its like: tensor name -> file name, within the same folder.
std::map<std::string, std::string> parse_weight_map(std::string_view text,
                                                    const std::string& file_name);

// The weights of a folder in the Hugging Face layout, mapped into memory: nothing is copied before
// a tensor is asked for. The first of model.safetensors, model.safetensors.index.json,
// pytorch_model.bin and pytorch_model.bin.index.json that is there, as transformers looks for them.
class WeightFiles {
 public:
  // Throws ConfigError where there is none, DataError for a file that is not whole, a missing
  // shard, and tensors that are not in the shard that the index names.
  explicit WeightFiles(const std::filesystem::path& folder);

  const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
  const std::filesystem::path& path() const { return path_; }  // for messages

  // A float32 copy; the mapped pages it came from are given back.
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
