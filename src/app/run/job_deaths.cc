// SPDX-License-Identifier: Apache-2.0
#include "app/run/job_deaths.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "app/front/exit_code.h"
#include "base/crash_note.h"
#include "base/error.h"
#include "base/log.h"

namespace dovetail {

namespace {

std::filesystem::path notes_folder(const RunPaths& paths) { return paths.out / "logs" / "crashes"; }

std::filesystem::path log_of_rank(const RunPaths& paths, int rank) {
  return log_file(paths, fmt::format("rank-{}", rank));
}

}  // namespace

RunGroup with_crash_notes(const RunGroup& run, const RunPaths& paths, int rank) {
  return [run, folder = notes_folder(paths), log = log_of_rank(paths, rank)](
             std::span<const Job> group, const RecordSink& done) {
    log_info("{} begins", group.front().name);
    const CrashWatch watch(folder / group.front().key, log);
    run(group, done);
  };
}

void explain_deaths(DriverOptions& options, const RunPaths& paths,
                    const std::string& command_line) {
  options.crash_notes = notes_folder(paths);
  options.log_of_rank = [paths](int rank) { return log_of_rank(paths, rank); };
  // nothing is destroyed: the thread that hangs would be waited for
  options.end_rank_0 = [command_line](const std::string& reason) {
    fmt::print(stderr,
               "\ndovetail: {}; what is finished is safe. Go on with the same command: {}\n",
               reason, command_line);
    std::fflush(nullptr);
    std::_Exit(leave_exit_code(kInterrupted));
  };
}

}  // namespace dovetail
