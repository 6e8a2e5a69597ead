// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/error.h"
#include "comm/sum_transport.h"

namespace dovetail {

namespace {

constexpr size_t kMostSlots = size_t{1} << 14;
constexpr size_t kPage = 4096;

using Flag = std::atomic<uint64_t>;
static_assert(Flag::is_always_lock_free, "written by one process, read by another");

size_t flag_bytes(size_t num_members) {
  return (num_members * num_members * kMostSlots * sizeof(Flag) + kPage - 1) / kPage * kPage;
}

size_t physical_bytes() {
  return static_cast<size_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

// Each member has an area with room for all its numbers. What it has for a range waits there for
// the range's owner, who reads it and then writes the total over it. Beside it a flag for each slot
// and range: the round of what its member gave.
class SharedMemoryTransport final : public SumTransport {
 public:
  SharedMemoryTransport(std::unique_ptr<SharedMemory> memory, int member, int num_members)
      : memory_(std::move(memory)), member_(member), num_members_(num_members) {
    flags_ = reinterpret_cast<Flag*>(memory_->data());
    const size_t flags = flag_bytes(num_members);
    areas_ = reinterpret_cast<float*>(memory_->data() + flags);
    area_size_ = (memory_->size() - flags) / sizeof(float) / num_members;
  }

  std::vector<std::span<float>> begin_round(uint64_t round,
                                            std::span<const size_t> sizes) override {
    constexpr size_t kLine = 16;  // floats of a cache line: members do not write to the same one
    round_ = round;
    sizes_.assign(sizes.begin(), sizes.end());
    offsets_.clear();
    size_t end = 0;
    for (const size_t size : sizes) {
      offsets_.push_back(end);
      end += (size + kLine - 1) / kLine * kLine;
    }
    if (sizes.size() > kMostSlots || end > area_size_) {
      throw_<SystemError>(
          "{} gradients with {} numbers are too many for a team, which holds {} with {}",
          sizes.size(), end, kMostSlots, area_size_);
    }
    std::vector<std::span<float>> homes;
    for (size_t slot = 0; slot < sizes.size(); ++slot)
      homes.emplace_back(start(slot, member_), sizes[slot]);
    return homes;
  }

  void give(size_t slot, int owner, std::span<const float> numbers) override {
    if (owner != member_) {
      put(numbers, place(slot, member_, owner));
    } else {
      for (int to = 0; to < num_members_; ++to) {
        if (to != member_) put(numbers, place(slot, to, owner));
      }
    }
    flag(slot, member_, owner).store(round_, std::memory_order_release);
  }

  const float* given(size_t slot, int from, int owner) override {
    if (flag(slot, from, owner).load(std::memory_order_acquire) != round_) return nullptr;
    return place(slot, from == owner ? member_ : from, owner);
  }

  void receive(const Message&) override {}  // nobody sends any

 private:
  static void put(std::span<const float> numbers, float* to) {
    if (numbers.data() != to) std::copy(numbers.begin(), numbers.end(), to);
  }
  float* start(size_t slot, int member) const {
    return areas_ + static_cast<size_t>(member) * area_size_ + offsets_[slot];
  }
  // In a member's area, an owner's range.
  float* place(size_t slot, int member, int owner) const {
    return start(slot, member) + range_of(sizes_[slot], owner, num_members_).begin;
  }
  Flag& flag(size_t slot, int from, int owner) const {
    const auto members = static_cast<size_t>(num_members_);
    return flags_[(static_cast<size_t>(from) * kMostSlots + slot) * members +
                  static_cast<size_t>(owner)];
  }

  std::unique_ptr<SharedMemory> memory_;
  int member_, num_members_;
  uint64_t round_ = 0;
  Flag* flags_;
  float* areas_;
  size_t area_size_;
  std::vector<size_t> sizes_, offsets_;
};

}  // namespace

SlotRange range_of(size_t slot_size, int owner, int num_members) {
  constexpr size_t kLine = 16;  // ranges begin at a cache line, as the slot does
  const size_t lines = (slot_size + kLine - 1) / kLine;
  const auto border = [&](int i) {
    return std::min(slot_size,
                    lines * static_cast<size_t>(i) / static_cast<size_t>(num_members) * kLine);
  };
  return {border(owner), border(owner + 1) - border(owner)};
}

size_t bytes_of_shared_memory(int num_members) {
  const auto members = static_cast<size_t>(num_members);
  return flag_bytes(members) + members * physical_bytes();
}

std::unique_ptr<SumTransport> make_shared_memory_transport(std::unique_ptr<SharedMemory> memory,
                                                           int member, int num_members) {
  return std::make_unique<SharedMemoryTransport>(std::move(memory), member, num_members);
}

}  // namespace dovetail
