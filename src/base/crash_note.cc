// SPDX-License-Identifier: Apache-2.0
#include "base/crash_note.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/log.h"

namespace dovetail {

namespace {

struct FatalSignal {
  int number;
  const char* name;
};
constexpr std::array kFatalSignals = {
    FatalSignal{SIGSEGV, "SIGSEGV"}, FatalSignal{SIGBUS, "SIGBUS"}, FatalSignal{SIGFPE, "SIGFPE"},
    FatalSignal{SIGILL, "SIGILL"}, FatalSignal{SIGABRT, "SIGABRT"}};

// Read by a signal handler, so of a fixed size. The flag is set last and cleared first.
char watched_file[PATH_MAX], running_mark[PATH_MAX], log_of_process[PATH_MAX];
std::atomic<bool> is_watched = false;
static_assert(decltype(is_watched)::is_always_lock_free, "read by a signal handler");
struct sigaction signal_actions_before[kFatalSignals.size()];

// A line of text, put together without the C library's buffers: a signal may have come within
// malloc.
class SignalSafeLine {
 public:
  void add(const char* text) {
    while (*text != '\0' && length_ < sizeof(text_)) text_[length_++] = *text++;
  }
  void add(int64_t number) {
    char digits[24];
    size_t at = sizeof(digits);
    digits[--at] = '\0';
    const bool negative = number < 0;
    uint64_t left = negative ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    do digits[--at] = static_cast<char>('0' + left % 10);
    while ((left /= 10) > 0);
    if (negative) digits[--at] = '-';
    add(digits + at);
  }
  bool append_to(const char* file) const {
    const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) return false;
    const bool written = ::write(fd, text_, length_) == static_cast<ssize_t>(length_);
    ::close(fd);
    return written;
  }

 private:
  char text_[2 * PATH_MAX];
  size_t length_ = 0;
};

bool append_note(const char* file, const char* cause, int64_t peak_bytes, const char* log) {
  SignalSafeLine line;
  line.add(cause);
  line.add(" ");
  line.add(peak_bytes);
  line.add(" ");
  line.add(log);
  line.add("\n");
  return line.append_to(file);
}

// The signal takes the course that it would have taken: what was installed before is put back, and
// the signal comes again, by itself or raised.
extern "C" void on_fatal_signal(int number) {
  for (size_t i = 0; i < kFatalSignals.size(); ++i) {
    if (kFatalSignals[i].number != number) continue;
    leave_crash_note(kFatalSignals[i].name);
    ::sigaction(number, &signal_actions_before[i], nullptr);
  }
  ::raise(number);
}

// A stack that overflowed has no room for the handler.
void give_signal_stack() {
  constexpr size_t kBytes = 64 << 10;
  thread_local const std::unique_ptr<char[]> memory = std::make_unique<char[]>(kBytes);
  stack_t stack{};
  stack.ss_sp = memory.get();
  stack.ss_size = kBytes;
  ::sigaltstack(&stack, nullptr);
}

}  // namespace

CrashWatch::CrashWatch(const std::filesystem::path& file, const std::filesystem::path& log) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  const std::string mark = file.native() + kRunningMark;
  if (mark.size() >= sizeof(running_mark) || log.native().size() >= sizeof(log_of_process)) return;
  std::strcpy(watched_file, file.c_str());
  std::strcpy(running_mark, std::filesystem::exists(file, ignored) ? mark.c_str() : "");
  if (*running_mark != '\0') std::ofstream(mark).flush();
  std::strcpy(log_of_process, log.c_str());
  give_signal_stack();
  struct sigaction action {};
  action.sa_handler = on_fatal_signal;
  action.sa_flags = SA_ONSTACK;
  for (size_t i = 0; i < kFatalSignals.size(); ++i)
    ::sigaction(kFatalSignals[i].number, &action, &signal_actions_before[i]);
  is_watched = true;
}

CrashWatch::~CrashWatch() {
  remove_running_mark();
  if (!is_watched.exchange(false)) return;
  for (size_t i = 0; i < kFatalSignals.size(); ++i)
    ::sigaction(kFatalSignals[i].number, &signal_actions_before[i], nullptr);
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
}

void leave_crash_note(const char* cause) {
  if (!is_watched.exchange(false)) return;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  append_note(watched_file, cause, int64_t{usage.ru_maxrss} * 1024, log_of_process);
}

void remove_running_mark() {
  if (is_watched && *running_mark != '\0') ::unlink(running_mark);
}

void add_crash_note(const std::filesystem::path& file, const CrashNote& note) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  if (!append_note(file.c_str(), note.cause.c_str(), note.peak_bytes, note.log.c_str()))
    log_warning("cannot write {}: {}", file.string(), std::strerror(errno));
}

std::vector<CrashNote> read_crash_notes(const std::filesystem::path& file) {
  std::vector<CrashNote> notes;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    CrashNote note;
    std::string log;
    if (!(words >> note.cause >> note.peak_bytes) || words.get() != ' ') continue;
    std::getline(words, log);
    note.log = log;
    notes.push_back(std::move(note));
  }
  return notes;
}

OutOfMemoryKills out_of_memory_kills() {
  OutOfMemoryKills kills;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> kills.boot;
  std::ifstream counters("/proc/vmstat");
  std::string name;
  for (int64_t value = 0; counters >> name >> value;)
    if (name == "oom_kill") kills.count = value;
  return kills;
}

}  // namespace dovetail
