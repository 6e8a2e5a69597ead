// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// The values of a pickle, read without running it. Pickle is a small stack machine whose programs
// may call any function. This reader knows only the calls in PyTorch's state dicts, and calls
// nothing: a "tensor" or "storage" value keeps its arguments for the caller to check.
//
// Known globals: collections.OrderedDict, torch._utils._rebuild_tensor_v2, _rebuild_parameter, and
// torch.FloatStorage and its like. Any other is an error that names it.
class Pickle {
 public:
  using Index = uint32_t;  // values are in one list, so that nesting needs no recursion

  enum class Kind : uint8_t {
    kNone,
    kBool,
    kNumber,
    kBigNumber,
    kText,
    kGlobal,
    kMark,
    kTuple,
    kList,
    kDict,
    kStorage,
    kTensor
  };

  struct Value {
    Kind kind = Kind::kNone;
    int64_t number = 0;        // kBool, kNumber
    std::string_view text;     // kText, and "module name" of kGlobal; points into the bytes
    std::vector<Index> items;  // kTuple, kList; kDict: key, value, key, value...; arguments of
                               // kStorage and kTensor
  };

  // Reads one pickle (protocol 2) from the front of the bytes. Throws DataError for an unknown
  // opcode or global, a stack that does not fit, more than a million operations, or an early end.
  Pickle(std::string_view bytes, const std::string& file_name);

  const Value& root() const { return values_[root_]; }
  const Value& operator[](Index index) const { return values_[index]; }
  size_t num_bytes() const { return num_bytes_; }  // up to and including its last opcode

 private:
  friend class PickleMachine;

  std::vector<Value> values_;
  Index root_ = 0;
  size_t num_bytes_ = 0;
};

}  // namespace dovetail
