// SPDX-License-Identifier: Apache-2.0
#include "model/safetensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/error.h"

namespace dovetail {

namespace {

const std::map<std::string, std::pair<torch::ScalarType, uint64_t>> kDtypes = {
    {"F32", {torch::kFloat32, 4}}, {"F16", {torch::kFloat16, 2}}, {"BF16", {torch::kBFloat16, 2}}};

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw_<DataError>("{}: not a whole safetensors file: {}; fetch or write it again", file, what);
}

// The product of the shape, or refusal where it is negative or cannot be counted in 64 bits.
uint64_t checked_count(const std::vector<int64_t>& shape, const std::string& file,
                       const std::string& name) {
  uint64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(count, static_cast<uint64_t>(size), &count)) {
      refuse(file, fmt::format("tensor {} has an impossible shape", name));
    }
  }
  return count;
}

SafetensorsEntry checked_entry(const std::string& name, const nlohmann::json& json,
                               uint64_t data_bytes, const std::string& file) {
  SafetensorsEntry entry;
  entry.name = name;
  try {
    entry.dtype = json.at("dtype").get<std::string>();
    entry.shape = json.at("shape").get<std::vector<int64_t>>();
    const nlohmann::json& offsets = json.at("data_offsets");
    entry.begin = offsets.at(0).get<uint64_t>();
    entry.end = offsets.at(1).get<uint64_t>();
  } catch (const nlohmann::json::exception& error) {
    refuse(file, fmt::format("the entry of {} is malformed", name));
  }
  const auto dtype = kDtypes.find(entry.dtype);
  if (dtype == kDtypes.end()) {
    throw_<DataError>("{}: tensor {} has type {}; known: F32, F16, BF16", file, name, entry.dtype);
  }
  const uint64_t count = checked_count(entry.shape, file, name);
  if (entry.begin > entry.end || entry.end > data_bytes ||
      (entry.end - entry.begin) / dtype->second.second != count ||
      (entry.end - entry.begin) % dtype->second.second != 0) {
    refuse(file, fmt::format("tensor {} claims bytes {} to {} of {}", name, entry.begin, entry.end,
                             data_bytes));
  }
  return entry;
}

}  // namespace

std::vector<SafetensorsEntry> parse_safetensors_header(std::string_view bytes,
                                                       const std::string& file_name) {
  uint64_t header_bytes = 0;
  if (bytes.size() < sizeof(header_bytes)) refuse(file_name, "it ends before its header");
  std::memcpy(&header_bytes, bytes.data(), sizeof(header_bytes));
  if (header_bytes > bytes.size() - sizeof(header_bytes)) {
    refuse(file_name, fmt::format("its header claims {} bytes, the file has {}", header_bytes,
                                  bytes.size()));
  }
  const std::string_view header = bytes.substr(sizeof(header_bytes), header_bytes);
  const nlohmann::json json = nlohmann::json::parse(header, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) refuse(file_name, "its header is not JSON");
  std::vector<SafetensorsEntry> entries;
  for (const auto& [name, value] : json.items()) {
    if (name == "__metadata__") continue;
    entries.push_back(checked_entry(name, value, bytes.size() - sizeof(header_bytes) - header_bytes,
                                    file_name));
  }
  return entries;
}

NamedTensors read_safetensors(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string_view bytes = file.bytes();
  const auto entries = parse_safetensors_header(bytes, path.string());
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), sizeof(header_bytes));
  const char* data = bytes.data() + sizeof(header_bytes) + header_bytes;
  NamedTensors tensors;
  for (const SafetensorsEntry& entry : entries) {
    // through memcpy: offsets in the file need not be aligned for the type
    torch::Tensor raw = torch::empty(entry.shape, kDtypes.at(entry.dtype).first);
    if (entry.end > entry.begin) {
      std::memcpy(raw.data_ptr(), data + entry.begin, entry.end - entry.begin);
    }
    tensors.emplace_back(entry.name, raw.to(torch::kFloat32));
  }
  return tensors;
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       bool bfloat16) {
  nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor stored = tensor.detach().to(torch::kCPU)
        .to(bfloat16 ? torch::kBFloat16 : torch::kFloat32).contiguous();
    const size_t begin = data.size();
    data.append(static_cast<const char*>(stored.const_data_ptr()), stored.nbytes());
    header[name] = {{"dtype", bfloat16 ? "BF16" : "F32"},
                    {"shape", stored.sizes().vec()},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');   // tensors start at a multiple of eight bytes
  const uint64_t header_bytes = text.size();
  std::string bytes(reinterpret_cast<const char*>(&header_bytes), sizeof(header_bytes));
  write_file_atomically(path, bytes + text + data);
}

}  // namespace dovetail
