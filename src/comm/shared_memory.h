// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace dovetail {

// Memory that several processes of one machine map. One process makes it as a file without a name
// (memfd), which leaves nothing behind however the processes end; the others open it through that
// process's /proc entry.
class SharedMemory {
 public:
  // Reserves address space for so many bytes; pages are taken as they are written. Returns null
  // where the system refuses.
  static std::unique_ptr<SharedMemory> make(size_t bytes);

  // Plain bytes, sent to the other processes as they are.
  struct Address {
    int64_t process = 0, file = 0;
    uint64_t token = 0;  // random, stored in the memory: process ids of another container clash
    uint64_t bytes = 0;
  };
  Address address() const { return address_; }
  // Returns null where the memory cannot be reached, or is not the one with this token.
  static std::unique_ptr<SharedMemory> open(const Address& address);
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

}  // namespace dovetail
