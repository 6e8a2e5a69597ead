// SPDX-License-Identifier: Apache-2.0
#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/stop.h"

namespace dovetail {

namespace {

constexpr int kPollMilliseconds = 100;

// The first byte that the child writes.
enum Outcome : char { kDone = 'k', kConfig = 'c', kData = 'd', kSystem = 's', kStopped = 'i' };

std::string outcome_of(const std::function<std::string()>& work) {
  try {
    return static_cast<char>(kDone) + work();
  } catch (const ConfigError& error) {
    return static_cast<char>(kConfig) + std::string(error.what());
  } catch (const DataError& error) {
    return static_cast<char>(kData) + std::string(error.what());
  } catch (const Interrupted&) {
    return std::string(1, kStopped);
  } catch (const std::exception& error) {
    return static_cast<char>(kSystem) + std::string(error.what());
  }
}

[[noreturn]] void run_child(int pipe_end, pid_t parent, const std::function<std::string()>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kFailure);  // the parent died before prctl
  const std::string outcome = outcome_of(work);
  std::string_view rest = outcome;
  while (!rest.empty()) {
    const ssize_t written = ::write(pipe_end, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) ::_exit(kFailure);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  ::_exit(kSuccess);  // no destructors: they belong to the parent
}

// Kills and reaps the child in every case.
class Child {
 public:
  Child(pid_t pid, int pipe_end) : pid_(pid), pipe_end_(pipe_end) {}
  ~Child() {
    ::close(pipe_end_);
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    if (pid_ > 0) wait();
  }
  Child(const Child&) = delete;

  // Reads everything that the child writes until it ends. Throws Interrupted.
  std::string read_all() {
    std::string bytes;
    char buffer[65536];
    while (true) {
      check_stop();
      pollfd waiting{pipe_end_, POLLIN, 0};
      if (::poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
      const ssize_t count = ::read(pipe_end_, buffer, sizeof(buffer));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return bytes;
      bytes.append(buffer, static_cast<size_t>(count));
    }
  }

  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
  int pipe_end_;
};

}  // namespace

std::string run_in_child(const std::string& what, const std::function<std::string()>& work) {
  check_stop();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw_<SystemError>("{}: cannot make a pipe: {}", what, std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    run_child(ends[1], parent, work);
  }
  ::close(ends[1]);
  Child child(pid, ends[0]);
  if (pid < 0) throw_<SystemError>("{}: cannot start a process: {}", what, std::strerror(errno));
  std::string bytes = child.read_all();
  const int status = child.wait();
  if (WIFSIGNALED(status)) {
    throw_<SystemError>("{}: its process was ended by signal {} ({}){}", what, WTERMSIG(status),
                        ::strsignal(WTERMSIG(status)),
                        WTERMSIG(status) == SIGKILL ? "; was there enough memory?" : "");
  }
  if (bytes.empty()) throw_<SystemError>("{}: its process ended without a result", what);
  const std::string rest = bytes.substr(1);
  switch (bytes[0]) {
    case kDone: return rest;
    case kConfig: throw ConfigError(rest);
    case kData: throw DataError(rest);
    case kStopped: throw Interrupted();
    default: throw SystemError(rest);
  }
}

}  // namespace dovetail
