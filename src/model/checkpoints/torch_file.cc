// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/torch_file.h"

#include <map>
#include <set>

#include "model/checkpoints/byte_reader.h"
#include "model/checkpoints/pickle.h"
#include "model/checkpoints/zip_archive.h"

namespace dovetail {

namespace {

using PickleKind = Pickle::Kind;
using PickleValue = Pickle::Value;

// protocol 2, PyTorch's magic number, end; protocol 2, version 1001, end
constexpr std::string_view kOldBeginning(
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02\x4d\xe9\x03\x2e", 21);

const std::map<std::string_view, at::ScalarType> kStorageTypes = {
    {"torch FloatStorage", at::kFloat},
    {"torch HalfStorage", at::kHalf},
    {"torch BFloat16Storage", at::kBFloat16},
    {"torch DoubleStorage", at::kDouble}};

// A tensor of the state dict, and its storage.
struct PickledTensor {
  ClaimedTensor claimed;
  std::string storage;
  int64_t storage_elements = 0;
};

// Turns the values of a pickle into tensors. Throws DataError for values of another form.
class StateDict {
 public:
  StateDict(const Pickle& pickle, const std::string& file) : pickle_(pickle), file_(file) {}

  std::vector<PickledTensor> tensors() const {
    const PickleValue& root = pickle_.root();
    if (root.kind != PickleKind::kDict) refuse("it does not hold a dict of tensors");
    std::vector<PickledTensor> tensors;
    std::set<std::string_view> names;
    for (size_t i = 0; i + 1 < root.items.size(); i += 2) {
      const PickleValue& name = pickle_[root.items[i]];
      const PickleValue& value = pickle_[root.items[i + 1]];
      if (name.kind != PickleKind::kText || value.kind != PickleKind::kTensor) {
        refuse(fmt::format("{} is no tensor; a training state instead of a model?",
                           name.kind == PickleKind::kText ? name.text : "an entry"));
      }
      if (!names.insert(name.text).second) refuse(fmt::format("it holds {} twice", name.text));
      tensors.push_back(tensor_of(std::string(name.text), value));
    }
    return tensors;
  }

  // Checks the old format's description of the machine that wrote it.
  void check_little_endian() const {
    const auto& items = pickle_.root().items;
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      if (pickle_[items[i]].text == "little_endian" && pickle_[items[i + 1]].number == 0) {
        refuse("it was written on a big-endian machine; save it again on another");
      }
    }
  }

  std::vector<std::string> texts(const PickleValue& list) const {
    std::vector<std::string> texts;
    for (const Pickle::Index item : list.items) {
      if (pickle_[item].kind != PickleKind::kText) refuse("a storage's name in it is no text");
      texts.emplace_back(pickle_[item].text);
    }
    return texts;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw_<DataError>("{}: not a PyTorch state dict: {}", file_, what);
  }

  int64_t number(Pickle::Index index, const std::string& name) const {
    if (pickle_[index].kind != PickleKind::kNumber) {
      refuse(fmt::format("tensor {} has something else where a number belongs", name));
    }
    return pickle_[index].number;
  }
  std::vector<int64_t> numbers(Pickle::Index index, const std::string& name) const {
    constexpr size_t kMostDimensions = 64;  // PyTorch's own limit
    if (pickle_[index].kind != PickleKind::kTuple ||
        pickle_[index].items.size() > kMostDimensions) {
      refuse(fmt::format("tensor {} has something else where its shape or strides belong", name));
    }
    std::vector<int64_t> all;
    for (const Pickle::Index item : pickle_[index].items) all.push_back(number(item, name));
    return all;
  }

  // _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)
  PickledTensor tensor_of(const std::string& name, const PickleValue& value) const {
    if (value.items.size() < 4 || pickle_[value.items[0]].kind != PickleKind::kStorage) {
      refuse(fmt::format("tensor {} has no storage", name));
    }
    PickledTensor tensor;
    tensor.claimed.name = name;
    tensor.claimed.offset = number(value.items[1], name);
    tensor.claimed.shape = numbers(value.items[2], name);
    tensor.claimed.strides = numbers(value.items[3], name);
    set_storage(pickle_[value.items[0]], tensor);
    return tensor;
  }

  // ('storage', type, key, device, number of elements[, view])
  void set_storage(const PickleValue& storage, PickledTensor& tensor) const {
    const std::string& name = tensor.claimed.name;
    const auto& items = storage.items;
    const bool formed =
        (items.size() == 5 || items.size() == 6) && pickle_[items[0]].kind == PickleKind::kText &&
        pickle_[items[0]].text == "storage" && pickle_[items[1]].kind == PickleKind::kGlobal &&
        pickle_[items[2]].kind == PickleKind::kText;
    if (!formed) refuse(fmt::format("tensor {} has a storage of an unknown form", name));
    if (items.size() == 6 && pickle_[items[5]].kind != PickleKind::kNone) {
      refuse(fmt::format(
          "tensor {} is stored as a view of another storage, as PyTorch before 0.4 did", name));
    }
    const auto type = kStorageTypes.find(pickle_[items[1]].text);
    if (type == kStorageTypes.end()) {
      refuse(fmt::format("tensor {} is stored as {}; known: float32, float16, bfloat16, float64",
                         name, pickle_[items[1]].text));
    }
    tensor.claimed.dtype = type->second;
    tensor.storage = pickle_[items[2]].text;
    tensor.storage_elements = number(items[4], name);
  }

  const Pickle& pickle_;
  const std::string& file_;
};

StoredTensor placed(const PickledTensor& tensor, std::string_view storage,
                    const std::string& file) {
  const uint64_t item = c10::elementSize(tensor.claimed.dtype);
  if (tensor.storage_elements < 0 || storage.size() % item != 0 ||
      storage.size() / item != static_cast<uint64_t>(tensor.storage_elements)) {
    throw_<DataError>(
        "{}: tensor {} lies in a storage of {} elements, of which the file holds {} "
        "bytes; fetch or write it again",
        file, tensor.claimed.name, tensor.storage_elements, storage.size());
  }
  return within_storage(tensor.claimed, storage, file);
}

std::vector<StoredTensor> parse_zip(std::string_view bytes, const std::string& file) {
  const auto entries = zip_entries(bytes, file);
  std::string folder;
  for (const auto& [name, content] : entries) {
    if (name.ends_with("/data.pkl")) folder = name.substr(0, name.size() - 8);
  }
  const auto data = entries.find(folder + "data.pkl");
  if (data == entries.end()) {
    throw_<DataError>("{}: a zip archive without a data.pkl: not written by torch.save", file);
  }
  const auto order = entries.find(folder + "byteorder");
  if (order != entries.end() && order->second != "little") {
    throw_<DataError>("{}: written on a big-endian machine; save it again on another", file);
  }
  const Pickle pickle(data->second, file);
  std::vector<StoredTensor> tensors;
  for (const PickledTensor& tensor : StateDict(pickle, file).tensors()) {
    const auto storage = entries.find(folder + "data/" + tensor.storage);
    if (storage == entries.end()) {
      throw_<DataError>(
          "{}: tensor {} lies in storage {}, which the archive does not hold; fetch or "
          "write it again",
          file, tensor.claimed.name, tensor.storage);
    }
    tensors.push_back(placed(tensor, storage->second, file));
  }
  return tensors;
}

// The storages follow one another: eight bytes for the number of elements, then the elements.
std::map<std::string, std::string_view> old_storages(ByteReader in,
                                                     const std::vector<std::string>& keys,
                                                     const std::vector<PickledTensor>& tensors) {
  std::map<std::string, uint64_t> item_bytes;
  for (const PickledTensor& tensor : tensors) {
    item_bytes[tensor.storage] = c10::elementSize(tensor.claimed.dtype);
  }
  std::map<std::string, std::string_view> storages;
  for (const std::string& key : keys) {
    if (!item_bytes.contains(key)) in.refuse(fmt::format("no tensor uses its storage {}", key));
    uint64_t num_bytes = in.number(8);
    if (__builtin_mul_overflow(num_bytes, item_bytes[key], &num_bytes)) {
      in.refuse(fmt::format("storage {} claims an impossible size", key));
    }
    storages[key] = in.take(num_bytes);
  }
  return storages;
}

// Reads the old format. The magic number is followed by the machine's description, the state dict,
// the names of the storages, and the storages.
std::vector<StoredTensor> parse_old(std::string_view bytes, const std::string& file) {
  size_t position = kOldBeginning.size();
  const Pickle machine(bytes.substr(position), file);
  StateDict(machine, file).check_little_endian();
  position += machine.num_bytes();
  const Pickle pickle(bytes.substr(position), file);
  position += pickle.num_bytes();
  const Pickle keys(bytes.substr(position), file);
  position += keys.num_bytes();
  const std::vector<PickledTensor> pickled = StateDict(pickle, file).tensors();
  const auto storages = old_storages(ByteReader(bytes, file, position),
                                     StateDict(keys, file).texts(keys.root()), pickled);
  std::vector<StoredTensor> tensors;
  for (const PickledTensor& tensor : pickled) {
    const auto storage = storages.find(tensor.storage);
    if (storage == storages.end()) {
      throw_<DataError>(
          "{}: tensor {} lies in storage {}, which the file does not hold; fetch or write "
          "it again",
          file, tensor.claimed.name, tensor.storage);
    }
    tensors.push_back(placed(tensor, storage->second, file));
  }
  return tensors;
}

}  // namespace

std::vector<StoredTensor> parse_torch_file(std::string_view bytes, const std::string& file_name) {
  if (bytes.starts_with("PK")) return parse_zip(bytes, file_name);
  if (bytes.starts_with(kOldBeginning)) return parse_old(bytes, file_name);
  throw_<DataError>(
      "{}: expected a state dict of torch.save, found neither its zip archive nor its "
      "older form; fetch it again, or save it as model.safetensors",
      file_name);
}

}  // namespace dovetail
