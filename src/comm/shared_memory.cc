// SPDX-License-Identifier: Apache-2.0
#include "comm/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <string>

namespace dovetail {

// MAP_NORESERVE: a page takes memory only once it is written to.
std::byte* SharedMemory::map(int file, size_t bytes) {
  void* mapped =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
  return mapped == MAP_FAILED ? nullptr : static_cast<std::byte*>(mapped);
}

std::unique_ptr<SharedMemory> SharedMemory::make(size_t bytes) {
  const int file = ::memfd_create("dovetail-all-reduce", MFD_CLOEXEC);
  if (file < 0) return nullptr;
  const uint64_t total = bytes + kHeaderBytes;
  std::byte* mapped =
      ::ftruncate(file, static_cast<off_t>(total)) == 0 ? map(file, total) : nullptr;
  if (mapped == nullptr) {
    ::close(file);
    return nullptr;
  }
  std::random_device device;
  const uint64_t token = (uint64_t{device()} << 32) | device();
  std::memcpy(mapped, &token, sizeof(token));
  return std::unique_ptr<SharedMemory>(
      new SharedMemory(file, {::getpid(), file, token, total}, mapped));
}

std::unique_ptr<SharedMemory> SharedMemory::open(const Address& address) {
  const std::string name =
      "/proc/" + std::to_string(address.process) + "/fd/" + std::to_string(address.file);
  const int file = ::open(name.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return nullptr;
  struct stat status {};
  const bool right_size =
      ::fstat(file, &status) == 0 && static_cast<uint64_t>(status.st_size) == address.bytes;
  std::byte* mapped = right_size ? map(file, address.bytes) : nullptr;
  if (mapped != nullptr && std::memcmp(mapped, &address.token, sizeof(address.token)) != 0) {
    ::munmap(mapped, address.bytes);
    mapped = nullptr;
  }
  if (mapped == nullptr) {
    ::close(file);
    return nullptr;
  }
  return std::unique_ptr<SharedMemory>(new SharedMemory(file, address, mapped));
}

SharedMemory::~SharedMemory() {
  ::munmap(data_ - kHeaderBytes, address_.bytes);
  ::close(file_);
}

}  // namespace dovetail
