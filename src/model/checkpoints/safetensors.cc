// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/safetensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "model/checkpoints/byte_reader.h"
#include "model/checkpoints/json_text.h"

namespace dovetail {

namespace {

const std::map<std::string, at::ScalarType> kDtypes = {
    {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf}, {"BF16", at::kBFloat16}};

constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit

struct HeaderEntry {
  ClaimedTensor claimed;
  uint64_t begin = 0, end = 0;  // bytes after the header
};

uint64_t whole_number(const nlohmann::json& json, const std::string& name, const ByteReader& file) {
  if (!json.is_number_unsigned()) {
    file.refuse(fmt::format("the entry of {} holds {} where a whole number from 0 belongs", name,
                            json.is_number() ? json.dump() : json.type_name()));
  }
  return json.get<uint64_t>();
}

HeaderEntry read_entry(const std::string& name, const nlohmann::json& json,
                       const ByteReader& file) {
  const bool whole = json.is_object() && json.contains("dtype") && json["dtype"].is_string() &&
                     json.contains("shape") && json["shape"].is_array() &&
                     json.contains("data_offsets") && json["data_offsets"].is_array() &&
                     json["data_offsets"].size() == 2;
  if (!whole) file.refuse(fmt::format("the entry of {} is malformed", name));
  const auto dtype = kDtypes.find(json["dtype"].get<std::string>());
  if (dtype == kDtypes.end()) {
    throw_<DataError>("{}: tensor {} has type {}; known: F32, F16, BF16, F64", file.file(), name,
                      json["dtype"].get<std::string>());
  }
  HeaderEntry entry;
  entry.claimed.name = name;
  entry.claimed.dtype = dtype->second;
  for (const nlohmann::json& size : json["shape"]) {
    const uint64_t value = whole_number(size, name, file);
    if (value > uint64_t{1} << 62)
      file.refuse(fmt::format("tensor {} has an impossible shape", name));
    entry.claimed.shape.push_back(static_cast<int64_t>(value));
  }
  entry.claimed.strides = contiguous_strides(entry.claimed.shape);
  entry.begin = whole_number(json["data_offsets"][0], name, file);
  entry.end = whole_number(json["data_offsets"][1], name, file);
  return entry;
}

std::vector<HeaderEntry> read_header(ByteReader& file) {
  const uint64_t header_bytes = file.number(8);
  if (header_bytes > kLongestHeader) {
    file.refuse(fmt::format("its header claims {} bytes", header_bytes));
  }
  const nlohmann::json json = parse_json_object(file.take(header_bytes), file.file());
  std::vector<HeaderEntry> entries;
  for (const auto& [name, value] : json.items()) {
    if (name != "__metadata__") entries.push_back(read_entry(name, value, file));
  }
  return entries;
}

// Every byte of the data belongs to one tensor.
void check_tiling(std::vector<HeaderEntry> entries, uint64_t data_bytes, const ByteReader& file) {
  std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t covered = 0;
  for (const HeaderEntry& entry : entries) {
    if (entry.begin != covered || entry.end < entry.begin || entry.end > data_bytes) {
      file.refuse(fmt::format("tensor {} claims bytes {} to {} of {}, where byte {} is the next",
                              entry.claimed.name, entry.begin, entry.end, data_bytes, covered));
    }
    covered = entry.end;
  }
  if (covered != data_bytes) {
    file.refuse(fmt::format("its tensors take {} bytes, it holds {}", covered, data_bytes));
  }
}

// The header comes before the data: sizes are known before any tensor is converted.
std::string header_for(const NamedTensors& tensors, at::ScalarType dtype) {
  nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
  uint64_t begin = 0;
  for (const auto& [name, tensor] : tensors) {
    const uint64_t end = begin + static_cast<uint64_t>(tensor.numel()) * c10::elementSize(dtype);
    header[name] = {{"dtype", dtype == at::kBFloat16 ? "BF16" : "F32"},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // tensors start at a multiple of eight bytes
  const uint64_t header_bytes = text.size();
  return std::string(reinterpret_cast<const char*>(&header_bytes), sizeof(header_bytes)) + text;
}

}  // namespace

std::vector<StoredTensor> parse_safetensors(std::string_view bytes, const std::string& file_name) {
  ByteReader file(bytes, file_name);
  const std::vector<HeaderEntry> entries = read_header(file);
  const std::string_view data = bytes.substr(file.position());
  check_tiling(entries, data.size(), file);
  std::vector<StoredTensor> tensors;
  for (const HeaderEntry& entry : entries) {
    const std::string_view own = data.substr(entry.begin, entry.end - entry.begin);
    tensors.push_back(within_storage(entry.claimed, own, file_name));
    if (tensors.back().bytes.size() != own.size()) {
      file.refuse(fmt::format("tensor {} has {} bytes, its shape needs {}", entry.claimed.name,
                              own.size(), tensors.back().bytes.size()));
    }
  }
  return tensors;
}

NamedTensors read_safetensors(const std::filesystem::path& path) {
  const MappedFile file(path);
  NamedTensors tensors;
  for (const StoredTensor& stored : parse_safetensors(file.bytes(), path.string())) {
    tensors.emplace_back(stored.name, to_float32(stored));
  }
  return tensors;
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       bool bfloat16) {
  const at::ScalarType dtype = bfloat16 ? at::kBFloat16 : at::kFloat;
  stream_file_atomically(path, [&](const ByteSink& sink) {
    sink(header_for(tensors, dtype));
    for (const auto& [name, tensor] : tensors) {
      const at::Tensor stored = tensor.detach().to(at::kCPU).to(dtype).contiguous();
      sink({static_cast<const char*>(stored.const_data_ptr()), stored.nbytes()});
    }
  });
}

}  // namespace dovetail
