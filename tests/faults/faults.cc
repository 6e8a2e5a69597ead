// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: a machine whose disk fills up, whose syncs fail and whose clocks are wrong, while
// a program runs. What is wrong at present stands in the file $FAULTS_NOW, which injections.py
// writes. $FAULTS_LARGEST_ALLOCATION is the most bytes that an aligned allocation, such as
// LibTorch's, may have.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace {

// As in injections.py; each is read anew at every call.
struct Faults {
  volatile int32_t write_error;    // errno of writes to regular files; 0: they work
  volatile int32_t sync_error;     // errno of fsync and fdatasync
  volatile int32_t clock_seconds;  // by which the wall clocks of two processes differ at most
};

const Faults& faults_now() {
  static const Faults* faults = [] {
    static const Faults none{};
    const char* name = std::getenv("FAULTS_NOW");
    const int fd = name == nullptr ? -1 : ::open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return &none;
    void* mapped = ::mmap(nullptr, sizeof(Faults), PROT_READ, MAP_SHARED, fd, 0);
    ::close(fd);
    return mapped == MAP_FAILED ? &none : static_cast<const Faults*>(mapped);
  }();
  return *faults;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// How many of so many bytes a write to the file takes. On a full disk it is all but the last one,
// half of the rest at a time, so that what is written is torn; pipes and sockets go on working.
ssize_t taken(int fd, size_t bytes) {
  const auto count = static_cast<ssize_t>(bytes);
  const int error = faults_now().write_error;
  struct stat status {};
  if (error == 0 || ::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return count;
  if (count > 1) return count / 2;
  errno = error;
  return -1;
}

bool sync_fails() {
  const int error = faults_now().sync_error;
  if (error != 0) errno = error;
  return error != 0;
}

size_t largest_allocation() {
  static const size_t largest = [] {
    const char* bytes = std::getenv("FAULTS_LARGEST_ALLOCATION");
    return bytes == nullptr ? SIZE_MAX : std::strtoull(bytes, nullptr, 10);
  }();
  return largest;
}

// Between -1/2 and +1/2 of clock_seconds, by process.
time_t skew() { return static_cast<time_t>(faults_now().clock_seconds) * (::getpid() % 9 - 4) / 8; }

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* real = next<ssize_t(int, const void*, size_t)>("write");
  const ssize_t some = taken(fd, count);
  return some < 0 ? -1 : real(fd, bytes, static_cast<size_t>(some));
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static auto* real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  const ssize_t some = taken(fd, count);
  return some < 0 ? -1 : real(fd, bytes, static_cast<size_t>(some), offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  static auto* real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  const ssize_t some = taken(fd, count);
  return some < 0 ? -1 : real(fd, bytes, static_cast<size_t>(some), offset);
}

int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  static auto* real = next<int(void**, size_t, size_t)>("posix_memalign");
  return bytes > largest_allocation() ? ENOMEM : real(memory, alignment, bytes);
}

int fsync(int fd) {
  static auto* real = next<int(int)>("fsync");
  return sync_fails() ? -1 : real(fd);
}

int fdatasync(int fd) {
  static auto* real = next<int(int)>("fdatasync");
  return sync_fails() ? -1 : real(fd);
}

int clock_gettime(clockid_t clock, struct timespec* time) {
  static auto* real = next<int(clockid_t, struct timespec*)>("clock_gettime");
  const int result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += skew();
  return result;
}

int gettimeofday(struct timeval* time, void* zone) noexcept {
  static auto* real = next<int(struct timeval*, void*)>("gettimeofday");
  const int result = real(time, zone);
  if (result == 0) time->tv_sec += skew();
  return result;
}

time_t time(time_t* out) noexcept {
  struct timespec now {};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
