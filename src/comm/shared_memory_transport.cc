// SPDX-License-Identifier: Apache-2.0
#include "comm/shared_memory_transport.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/error.h"
#include "comm/chunk_range.h"

namespace dovetail {

namespace {

constexpr size_t kMostSlots = size_t{1} << 14;
constexpr size_t kPage = 4096;

using Flag = std::atomic<uint64_t>;
static_assert(Flag::is_always_lock_free, "written by one process, read by another");

size_t flag_bytes(size_t num_ranks) {
  return (num_ranks * num_ranks * kMostSlots * sizeof(Flag) + kPage - 1) / kPage * kPage;
}

size_t physical_bytes() {
  return static_cast<size_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

// Each rank has an area with room for all its gradients. Its contribution to a chunk waits there
// for the chunk's owner, which reads it and then writes the sum over it. A flag for each slot,
// sender and chunk holds the round in which the sender last wrote that chunk.
class SharedMemoryTransport final : public AllReduceTransport {
 public:
  SharedMemoryTransport(std::unique_ptr<SharedMemory> memory, int rank, int num_ranks)
      : memory_(std::move(memory)), rank_(rank), num_ranks_(num_ranks) {
    flags_ = reinterpret_cast<Flag*>(memory_->data());
    const size_t flags = flag_bytes(num_ranks);
    areas_ = reinterpret_cast<float*>(memory_->data() + flags);
    area_size_ = (memory_->size() - flags) / sizeof(float) / num_ranks;
  }

  std::vector<std::span<float>> begin_round(uint64_t round,
                                            std::span<const size_t> sizes) override {
    round_ = round;
    sizes_.assign(sizes.begin(), sizes.end());
    offsets_.clear();
    size_t end = 0;
    for (const size_t size : sizes) {
      offsets_.push_back(end);
      end += (size + kFloatsPerCacheLine - 1) / kFloatsPerCacheLine * kFloatsPerCacheLine;
    }
    if (sizes.size() > kMostSlots || end > area_size_) {
      throw_<SystemError>(
          "{} gradients with {} numbers do not fit into the shared memory of a data-parallel "
          "group, "
          "which holds {} gradients with {} numbers",
          sizes.size(), end, kMostSlots, area_size_);
    }
    std::vector<std::span<float>> homes;
    for (size_t slot = 0; slot < sizes.size(); ++slot)
      homes.emplace_back(start(slot, rank_), sizes[slot]);
    return homes;
  }

  void send_chunk(size_t slot, int owner, std::span<const float> numbers) override {
    if (owner != rank_) {
      put(numbers, chunk(slot, rank_, owner));
    } else {
      for (int to = 0; to < num_ranks_; ++to) {
        if (to != rank_) put(numbers, chunk(slot, to, owner));
      }
    }
    flag(slot, rank_, owner).store(round_, std::memory_order_release);
  }

  const float* chunk_from(size_t slot, int rank, int owner) override {
    if (flag(slot, rank, owner).load(std::memory_order_acquire) != round_) return nullptr;
    return chunk(slot, rank == owner ? rank_ : rank, owner);
  }

  void receive(const Message&) override {}  // no rank sends any

 private:
  static void put(std::span<const float> numbers, float* to) {
    if (numbers.data() != to) std::copy(numbers.begin(), numbers.end(), to);
  }
  float* start(size_t slot, int rank) const {
    return areas_ + static_cast<size_t>(rank) * area_size_ + offsets_[slot];
  }
  // The chunk of `owner` in the area of `rank`.
  float* chunk(size_t slot, int rank, int owner) const {
    return start(slot, rank) + chunk_range(sizes_[slot], owner, num_ranks_).begin;
  }
  Flag& flag(size_t slot, int sender, int owner) const {
    const auto ranks = static_cast<size_t>(num_ranks_);
    return flags_[(static_cast<size_t>(sender) * kMostSlots + slot) * ranks +
                  static_cast<size_t>(owner)];
  }

  std::unique_ptr<SharedMemory> memory_;
  int rank_, num_ranks_;
  uint64_t round_ = 0;
  Flag* flags_;
  float* areas_;
  size_t area_size_;
  std::vector<size_t> sizes_, offsets_;
};

}  // namespace

size_t bytes_of_shared_memory(int num_ranks) {
  const auto ranks = static_cast<size_t>(num_ranks);
  return flag_bytes(ranks) + ranks * physical_bytes();
}

std::unique_ptr<AllReduceTransport> make_shared_memory_transport(
    std::unique_ptr<SharedMemory> memory, int rank, int num_ranks) {
  return std::make_unique<SharedMemoryTransport>(std::move(memory), rank, num_ranks);
}

}  // namespace dovetail
