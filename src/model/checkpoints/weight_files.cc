// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/weight_files.h"

#include <set>

#include "base/error.h"
#include "base/names.h"
#include "model/checkpoints/json_text.h"
#include "model/checkpoints/safetensors.h"
#include "model/checkpoints/torch_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kNames[] = {"model.safetensors", "model.safetensors.index.json",
                                  "pytorch_model.bin", "pytorch_model.bin.index.json"};

fs::path find_weights(const fs::path& folder) {
  for (const char* name : kNames) {
    if (fs::exists(folder / name)) return folder / name;
  }
  throw_<ConfigError>(
      "{}: expected weights in this model folder, found none of {}; fetch the folder "
      "again, with its weights",
      folder.string(), join(std::vector<std::string>(std::begin(kNames), std::end(kNames)), ", "));
}

}  // namespace

std::vector<StoredTensor> parse_weights(std::string_view bytes, const std::string& file_name) {
  if (bytes.starts_with("version https://git-lfs")) {
    throw_<DataError>(
        "{}: only Git LFS's pointer to the weights, not the weights; run git lfs pull", file_name);
  }
  if (file_name.ends_with(".safetensors")) return parse_safetensors(bytes, file_name);
  return parse_torch_file(bytes, file_name);
}

std::map<std::string, std::string> parse_weight_map(std::string_view text,
                                                    const std::string& file_name) {
  const nlohmann::json json = parse_json_object(text, file_name);
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object() || map->empty()) {
    throw_<DataError>(
        "{}: expected a \"weight_map\" from tensors to files, found none; fetch it again",
        file_name);
  }
  std::map<std::string, std::string> shards;
  for (const auto& [tensor, shard] : map->items()) {
    const std::string name = shard.is_string() ? shard.get<std::string>() : "";
    const bool plain = !name.empty() && name != "." && name != ".." &&
                       name.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
    if (!plain) {
      throw_<DataError>("{}: expected the name of a file beside it for {}, found {}", file_name,
                        tensor, shard.is_string() ? shard.dump() : shard.type_name());
    }
    shards[tensor] = name;
  }
  return shards;
}

WeightFiles::WeightFiles(const fs::path& folder) : path_(find_weights(folder)) {
  if (path_.extension() == ".json") {
    add_shards();
  } else {
    add_file(path_);
  }
}

void WeightFiles::add_file(const fs::path& file) {
  if (!fs::is_regular_file(file)) {
    throw_<DataError>("{}: named by {} and not there; fetch the folder again, with all its parts",
                      file.string(), path_.filename().string());
  }
  const MappedFile& mapped = files_.emplace_back(file);
  for (StoredTensor& tensor : parse_weights(mapped.bytes(), file.string())) {
    const std::string name = tensor.name;
    if (!tensors_.emplace(name, std::move(tensor)).second) {
      throw_<DataError>("{}: tensor {} is in another file of this model as well", file.string(),
                        name);
    }
    file_of_[name] = files_.size() - 1;
  }
}

void WeightFiles::add_shards() {
  const auto shards = parse_weight_map(read_file(path_), path_.string());
  std::set<std::string> names;
  for (const auto& [tensor, shard] : shards) names.insert(shard);
  for (const std::string& name : names) add_file(path_.parent_path() / name);
  std::vector<std::string> problems;
  const std::vector<std::string> files(names.begin(), names.end());
  for (const auto& [tensor, shard] : shards) {
    const auto found = file_of_.find(tensor);
    if (found == file_of_.end()) {
      problems.push_back(fmt::format("{} is not in {}", tensor, shard));
    } else if (files[found->second] != shard) {
      problems.push_back(
          fmt::format("{} is in {}, not in {}", tensor, files[found->second], shard));
    }
  }
  if (problems.empty()) return;
  throw_<DataError>("{} does not match the files it names: {}", path_.string(),
                    join(problems, "; "));
}

at::Tensor WeightFiles::load(const std::string& name) const {
  const StoredTensor& stored = tensors_.at(name);
  at::Tensor tensor = to_float32(stored);
  files_[file_of_.at(name)].forget(stored.bytes);
  return tensor;
}

std::vector<std::string_view> WeightFiles::bytes() const {
  std::vector<std::string_view> all;
  for (const MappedFile& file : files_) all.push_back(file.bytes());
  return all;
}

}  // namespace dovetail
