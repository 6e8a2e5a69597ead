// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.h"

namespace dovetail {

// How the members of a team pass numbers to each other, for Team. Every slot (a gradient) is cut
// into as many ranges as there are members; a range's owner adds up what the others give it, and
// gives the total to all. Nothing here waits.
class SumTransport {
 public:
  virtual ~SumTransport() = default;
  // Slots of these sizes from here on. Rounds only grow; numbers of other rounds are not seen. For
  // each slot, memory that spares copies where the numbers stand in it; or nothing for any.
  virtual std::vector<std::span<float>> begin_round(uint64_t round,
                                                    std::span<const size_t> sizes) = 0;
  // My numbers of the owner's range; none: I have none, and what comes of it will not be used.
  // To myself: the total of my range, for all.
  virtual void give(size_t slot, int owner, std::span<const float> numbers) = 0;
  // What `from` gave to `owner`: this member's part, or `from`'s own total. Null: not there yet.
  virtual const float* given(size_t slot, int from, int owner) = 0;
  virtual void receive(const Message& message) = 0;  // one with kSumTag
};

inline constexpr int kSumTag = 1;

// The floats of a slot that belong to a member.
struct SlotRange {
  size_t begin = 0, size = 0;
};
SlotRange range_of(size_t slot_size, int owner, int num_members);

// Memory that members of one machine map. The leader makes it, as a file without a name, which
// leaves nothing behind however a process ends; the others open it through the leader's /proc
// entry.
class SharedMemory {
 public:
  static std::unique_ptr<SharedMemory> make(size_t bytes);  // null where the system refuses
  struct Address {
    int64_t process = 0, file = 0;
    uint64_t token = 0;  // at its beginning: process numbers of another container mean others
    uint64_t bytes = 0;
  };
  Address address() const { return address_; }
  static std::unique_ptr<SharedMemory> open(const Address& address);  // null where it cannot be
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;

  std::byte* data() const { return data_; }  // behind the token
  size_t size() const { return address_.bytes - kHeaderBytes; }

 private:
  static constexpr size_t kHeaderBytes = 4096;
  SharedMemory(int file, Address address, std::byte* mapped)
      : file_(file), address_(address), data_(mapped + kHeaderBytes) {}
  static std::byte* map(int file, size_t bytes);

  int file_;
  Address address_;
  std::byte* data_;
};

std::unique_ptr<SumTransport> make_shared_memory_transport(std::unique_ptr<SharedMemory> memory,
                                                           int member, int num_members);
// Memory enough for any gradient that this machine can hold; only what is used takes any.
size_t bytes_of_shared_memory(int num_members);

// Through messages, over any network.
std::unique_ptr<SumTransport> make_message_transport(Communicator& team);

}  // namespace dovetail
