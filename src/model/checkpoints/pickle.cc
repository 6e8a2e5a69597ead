// SPDX-License-Identifier: Apache-2.0
// The opcodes are those of Python's pickletools, protocol 2.
#include "model/checkpoints/pickle.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "model/checkpoints/byte_reader.h"

namespace dovetail {

namespace {

using Kind = Pickle::Kind;
using Value = Pickle::Value;

constexpr int kMostOperations = 1'000'000;  // the largest published T5 needs about 30,000

constexpr size_t kMostArguments = 16;  // _rebuild_tensor_v2 takes six or seven

constexpr std::string_view kOrderedDict = "collections OrderedDict";
constexpr std::string_view kRebuildTensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils _rebuild_parameter";
constexpr std::array<std::string_view, 13> kGlobals = {
    kOrderedDict,        kRebuildTensor,          kRebuildParameter,     "torch FloatStorage",
    "torch HalfStorage", "torch BFloat16Storage", "torch DoubleStorage", "torch LongStorage",
    "torch IntStorage",  "torch ShortStorage",    "torch CharStorage",   "torch ByteStorage",
    "torch BoolStorage"};

}  // namespace

class PickleMachine {
 public:
  PickleMachine(Pickle& pickle, std::string_view bytes, const std::string& file)
      : pickle_(pickle), in_(bytes, file) {}

  void run() {
    for (int i = 0; i < kMostOperations; ++i) {
      const size_t at = in_.position();
      const auto opcode = static_cast<unsigned char>(in_.number(1));
      if (opcode == '.') return finish();
      if (!push_constant(opcode) && !collect(opcode) && !use_memo(opcode) && !call(opcode)) {
        refuse(fmt::format("opcode 0x{:02x} at byte {} is none that state dicts use", opcode, at));
      }
    }
    refuse(fmt::format("its pickle has more than {} operations", kMostOperations));
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw_<DataError>(
        "{}: not a PyTorch state dict that is safe to read: {}; save it again as "
        "model.safetensors",
        in_.file(), what);
  }

  void finish() {
    pickle_.root_ = pop();
    pickle_.num_bytes_ = in_.position();
  }

  void push(Value value) {
    pickle_.values_.push_back(std::move(value));
    stack_.push_back(static_cast<Pickle::Index>(pickle_.values_.size() - 1));
  }
  void push_number(Kind kind, int64_t number) { push({.kind = kind, .number = number}); }

  Pickle::Index pop() {
    if (stack_.empty()) refuse("its pickle takes from an empty stack");
    const Pickle::Index top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Pickle::Index top() const {
    if (stack_.empty()) refuse("its pickle takes from an empty stack");
    return stack_.back();
  }

  // Pops all values since the last mark, and the mark.
  std::vector<Pickle::Index> pop_to_mark() {
    std::vector<Pickle::Index> items;
    for (;;) {
      const Pickle::Index index = pop();
      if (pickle_.values_[index].kind == Kind::kMark) break;
      items.push_back(index);
    }
    std::reverse(items.begin(), items.end());
    return items;
  }
  std::vector<Pickle::Index> pop_many(int count) {
    std::vector<Pickle::Index> items(count);
    for (int i = count - 1; i >= 0; --i) items[i] = pop();
    return items;
  }

  // Up to eight bytes are a number. PyTorch's magic number has ten and is only skipped.
  void push_long() {
    const std::string_view digits = in_.take(in_.number(1));
    if (digits.size() > 8) return push({.kind = Kind::kBigNumber});
    uint64_t value = 0;
    for (size_t i = digits.size(); i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(digits[i]);
    const bool negative = !digits.empty() && (digits.back() & 0x80) != 0;
    if (negative && digits.size() < 8) value |= ~uint64_t{0} << (8 * digits.size());
    push_number(Kind::kNumber, static_cast<int64_t>(value));
  }

  void push_global() {
    const std::string module(in_.line());
    const std::string name = fmt::format("{} {}", module, in_.line());
    const auto known = std::find(kGlobals.begin(), kGlobals.end(), name);
    if (known == kGlobals.end()) {
      refuse(fmt::format("it wants to use \"{}\"", name.substr(0, 200)));
    }
    push({.kind = Kind::kGlobal, .text = *known});
  }

  bool push_constant(unsigned char opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        if (const uint64_t protocol = in_.number(1); protocol != 2) {
          refuse(fmt::format("pickle protocol {} where PyTorch writes 2", protocol));
        }
        return true;
      case 'N': push({.kind = Kind::kNone}); return true;
      case 0x88: push_number(Kind::kBool, 1); return true;
      case 0x89: push_number(Kind::kBool, 0); return true;
      case 'J': push_number(Kind::kNumber, static_cast<int32_t>(in_.number(4))); return true;
      case 'K': push_number(Kind::kNumber, static_cast<int64_t>(in_.number(1))); return true;
      case 'M': push_number(Kind::kNumber, static_cast<int64_t>(in_.number(2))); return true;
      case 0x8a: push_long(); return true;
      case 'X': push({.kind = Kind::kText, .text = in_.take(in_.number(4))}); return true;
      case 'c': push_global(); return true;
      case '(': push({.kind = Kind::kMark}); return true;
      case ')': push({.kind = Kind::kTuple}); return true;
      case ']': push({.kind = Kind::kList}); return true;
      case '}': push({.kind = Kind::kDict}); return true;
      default: return false;
    }
  }

  void append(Kind kind, const std::vector<Pickle::Index>& items) {
    Value& target = pickle_.values_[top()];
    if (target.kind != kind) refuse("its pickle appends to a value that is no list or dict");
    if (kind == Kind::kDict && items.size() % 2 != 0)
      refuse("its pickle has a key without a value");
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  bool collect(unsigned char opcode) {
    switch (opcode) {
      case 0x85:
      case 0x86:
      case 0x87:  // TUPLE1 to TUPLE3
        push({.kind = Kind::kTuple, .items = pop_many(opcode - 0x84)});
        return true;
      case 't': push({.kind = Kind::kTuple, .items = pop_to_mark()}); return true;
      case 'a': append(Kind::kList, pop_many(1)); return true;
      case 'e': append(Kind::kList, pop_to_mark()); return true;
      case 's': append(Kind::kDict, pop_many(2)); return true;
      case 'u': append(Kind::kDict, pop_to_mark()); return true;
      default: return false;
    }
  }

  bool use_memo(unsigned char opcode) {
    switch (opcode) {
      case 'q': memo_[in_.number(1)] = top(); return true;
      case 'r': memo_[in_.number(4)] = top(); return true;
      case 'h': recall(in_.number(1)); return true;
      case 'j': recall(in_.number(4)); return true;
      default: return false;
    }
  }
  void recall(uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) refuse("its pickle recalls what it never kept");
    stack_.push_back(found->second);
  }

  bool call(unsigned char opcode) {
    switch (opcode) {
      case 'Q':  // BINPERSID: a storage, by ('storage', type, key, device, number of elements)
        push({.kind = Kind::kStorage, .items = arguments(pop())});
        return true;
      case 'R': reduce(); return true;
      case 'b':  // BUILD: attributes of an OrderedDict (versions of its modules), which are ignored
        pop();
        if (pickle_.values_[top()].kind != Kind::kDict)
          refuse("it sets attributes of a value that is no dict");
        return true;
      default: return false;
    }
  }

  std::vector<Pickle::Index> arguments(Pickle::Index index) const {
    if (pickle_.values_[index].kind != Kind::kTuple)
      refuse("it calls without a tuple of arguments");
    // copied at each call: a long tuple used again and again must not fill the memory
    if (pickle_.values_[index].items.size() > kMostArguments)
      refuse("it calls with too many arguments");
    return pickle_.values_[index].items;
  }

  void reduce() {
    std::vector<Pickle::Index> given = arguments(pop());
    const Value function = pickle_.values_[pop()];
    if (function.kind != Kind::kGlobal) refuse("it calls a value that is no function");
    if (function.text == kOrderedDict && given.empty()) return push({.kind = Kind::kDict});
    if (function.text == kRebuildTensor) {
      return push({.kind = Kind::kTensor, .items = std::move(given)});
    }
    if (function.text == kRebuildParameter && !given.empty() &&
        pickle_.values_[given[0]].kind == Kind::kTensor) {
      stack_.push_back(given[0]);
      return;
    }
    refuse(fmt::format("it calls {} in a way that state dicts do not", function.text));
  }

  Pickle& pickle_;
  ByteReader in_;
  std::vector<Pickle::Index> stack_;
  std::unordered_map<uint64_t, Pickle::Index> memo_;
};

Pickle::Pickle(std::string_view bytes, const std::string& file_name) {
  PickleMachine(*this, bytes, file_name).run();
}

}  // namespace dovetail
