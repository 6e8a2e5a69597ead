// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dovetail {

// What is known of the death of a process while it did a piece of work.
struct CrashNote {
  std::string cause;          // "SIGSEGV"
  int64_t peak_bytes = 0;     // its peak resident set; 0: unknown
  std::filesystem::path log;  // of the process; empty: unknown
};

// Causes that are no signals of the process's own.
inline constexpr const char* kKilledForMemory = "out-of-memory-kill";
inline constexpr const char* kKilled = "kill";
inline constexpr const char* kNoProgress = "no-progress";

// While this lives, a fatal signal (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) adds a note to the
// file before it takes its course, with the name of the process's log; the file is made no sooner.
// One at a time in a process, made and ended in the thread that works: that thread gets a stack to
// die on. Makes the file's folder.
class CrashWatch {
 public:
  CrashWatch(const std::filesystem::path& file, const std::filesystem::path& log);
  ~CrashWatch();
  CrashWatch(const CrashWatch&) = delete;
};

// Adds the note of a cause to the watched file, if there is one: for a caller that is about to end
// the process.
void leave_crash_note(const char* cause);

// Work that has notes already, and so is under suspicion, has a mark while it runs: FILE.running. A
// process that dies without a note leaves it behind if the work was running, which of several jobs
// whose processes died together tells the one at fault.
inline constexpr const char* kRunningMark = ".running";
// Removes the mark, if there is one: the process has been told to stop, and if it is killed before
// it has, as launchers do after a second, the work is not at fault. For signal handlers.
void remove_running_mark();

// Adds a note to a file. A failure to write is logged.
void add_crash_note(const std::filesystem::path& file, const CrashNote& note);
// All notes of a file, the oldest first; none where there is no file. Passes over a torn line.
std::vector<CrashNote> read_crash_notes(const std::filesystem::path& file);

// How many processes the kernel has killed for want of memory since the machine was started, with
// an identity of that start; 0 where the system does not say.
struct OutOfMemoryKills {
  std::string boot;
  int64_t count = 0;
};
OutOfMemoryKills out_of_memory_kills();

}  // namespace dovetail
