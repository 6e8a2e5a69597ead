// SPDX-License-Identifier: Apache-2.0
// A sweep of made-up jobs for tests of kills and signals:
//   [FAKE_SWEEP_DISK=BYTES] [KILLERS_WAY=segfault|hang] fake_sweep FOLDER WIDTH DEPTH MILLISECONDS
//   [KILLER]
// FOLDER/log.txt says what happened, in the order in which it did: "rank 2 4711" (of which
// process), "began tune0.3 2" (on which rank), "ran tune0.3 2" after so many milliseconds, before
// the record is sent, and "stored tune0.3" once it is in the journal. The job named KILLER takes
// its process down by SIGKILL, or in another way; no file of rank 0 may grow beyond
// FAKE_SWEEP_DISK, as if the disk were full. results.h5 is published ten times a second. Exit codes
// as the real program's.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/crash_note.h"
#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "driver/driver.h"
#include "driver/made_up.h"
#include "driver/progress.h"
#include "store/results/results.h"

namespace {

using namespace dovetail;
namespace fs = std::filesystem;

struct Setting {
  fs::path folder;
  int width = 0, depth = 0, milliseconds = 0;
  std::string killer;
};

// One write, so that lines of several processes do not mix; by system call, so that faults which
// a test puts before the C library's write() spare the log that judges them.
void log_line(const Setting& setting, const std::string& line) {
  const fs::path file = setting.folder / "log.txt";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (::syscall(SYS_write, fd, line.data(), line.size()) != static_cast<long>(line.size())) {
    throw_<SystemError>("cannot write {}", file.string());
  }
  ::close(fd);
}

void take_process_down() {
  const char* given = std::getenv("KILLERS_WAY");
  const std::string way = given == nullptr ? "" : given;
  if (way == "segfault") ::raise(SIGSEGV);
  while (way == "hang") std::this_thread::sleep_for(std::chrono::seconds(1));
  ::raise(SIGKILL);
}

RunGroup make_run_group(const Setting& setting, int rank) {
  return [&setting, rank](std::span<const Job> group) {
    log_line(setting, fmt::format("began {} {}\n", group[0].name, rank));
    const CrashWatch watch(setting.folder / "crashes" / group[0].key, "");
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(setting.milliseconds);
    while (std::chrono::steady_clock::now() < end) {
      check_stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (group[0].name == setting.killer) take_process_down();
    log_line(setting, fmt::format("ran {} {}\n", group[0].name, rank));
    return std::vector<Record>{made_up::finished(group[0])};
  };
}

void shrink_disk() {
  const char* bytes = std::getenv("FAKE_SWEEP_DISK");
  if (bytes == nullptr) return;
  std::signal(SIGXFSZ, SIG_IGN);  // then a write fails as on a full disk
  const rlimit limit{std::strtoul(bytes, nullptr, 10), RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

// As the real program, which does so once a minute: a failure ends nothing.
class Publisher {
 public:
  Publisher(const fs::path& folder, const Plan& plan, const Journal& journal)
      : target_(folder / "results.h5"), plan_(plan), journal_(journal) {}

  void publish() {
    const auto now = std::chrono::steady_clock::now();
    if (now - published_ < std::chrono::milliseconds(100)) return;
    published_ = now;
    try {
      write_results(target_, plan_, journal_.records());
    } catch (const std::exception& error) {
      log_warning("{}", error.what());
    }
  }

 private:
  fs::path target_;
  const Plan& plan_;
  const Journal& journal_;
  std::chrono::steady_clock::time_point published_;
};

int lead(Communicator& communicator, const Setting& setting) {
  const Plan plan = made_up::tree(setting.width, setting.depth);
  Journal journal(setting.folder);
  shrink_disk();
  Publisher publisher(setting.folder, plan, journal);
  ProgressDisplay display;
  DriverOptions options;
  // Where a killer is at work it is to be found out; elsewhere the kills are the test's own.
  options.max_unclean_ends = setting.killer.empty() ? 1000 : 3;
  if (const char* seconds = std::getenv("DEAD_AFTER_SECONDS"))
    options.dead_after_seconds = std::atof(seconds);
  options.crash_notes = setting.folder / "crashes";
  if (const char* way = std::getenv("KILLERS_WAY"); way != nullptr && std::string(way) == "hang")
    options.hang_seconds = 1;
  options.on_record = [&](const Record& record) {
    log_line(setting, fmt::format("stored {}\n", record.name));
    publisher.publish();
  };
  options.on_progress = [&](const Progress& progress) { display.show(progress); };
  const RunSummary summary =
      coordinate(communicator, plan, journal, make_run_group(setting, 0), options);
  std::fprintf(stderr, "finished %ld failed %ld unreached %ld\n", summary.finished, summary.failed,
               summary.unreached);
  if (summary.interrupted) return kInterrupted;
  return summary.finished == summary.total ? kSuccess : kFailure;
}

int run(const Setting& setting) {
  install_stop_handlers();
  const auto communicator = make_communicator();
  const int rank = communicator->rank();
  log_line(setting, fmt::format("rank {} {}\n", rank, ::getpid()));
  if (rank == 0) return lead(*communicator, setting);
  work(*communicator, make_run_group(setting, rank));
  return kSuccess;
}

int guarded_run(const Setting& setting) {
  try {
    return run(setting);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fake_sweep: %s\n", error.what());
    return kFailure;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return kUserError;
  log_to_stderr();
  const Setting setting{argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]),
                        argc > 5 ? argv[5] : ""};
  const int code = guarded_run(setting);
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  const char* file = std::getenv("DOVETAIL_EXIT_CODE_FILE");
  if (file == nullptr) return code;
  if (rank == nullptr || std::string(rank) == "0") std::ofstream(file) << code;
  return 0;  // mpirun complains of any other
}
