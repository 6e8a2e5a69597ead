// SPDX-License-Identifier: Apache-2.0
#include "app/run_options.h"

#include <CLI/CLI.hpp>

#include "app/run/renamed_option.h"

namespace dovetail {

namespace {

// How a run shares its folder and its machine with others.
void add_sharing_options(CLI::App& command, RunOptions& options) {
  CLI::Option* retry_failed =
      command.add_flag("--retry-failed", options.retry_failed, "Try failed jobs once more");
  command
      .add_flag("--share", options.share,
                "Do a part of the sweep, beside other runs with --share on the same folder, which "
                "may come and go; no MPI connects them")
      ->excludes(retry_failed);
  command
      .add_option("--wait", options.wait_seconds,
                  "Seconds to wait for another run on the folder to end, and then leave with exit "
                  "code 75 in place of 2")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--local-disk", options.local_disk,
                     "Folder on a disk of each machine, for copies of the checkpoints and corpora "
                     "that its ranks read");
}

// How much a rank trains at once.
void add_group_options(CLI::App& command, RunOptions& options) {
  command
      .add_option("--group-size", options.group_size,
                  "Most cells that a rank trains in shared passes; 1: one by one")
      ->check(CLI::Range(1, 1024));
  command
      .add_option("--group-memory", options.group_memory,
                  "GiB that such cells may take together, beside the model that they share "
                  "(default: half of a rank's part of the free memory)")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void add_run_options(CLI::App& command, RunOptions& options) {
  command.add_option("SWEEP", options.sweep, "Sweep file (TOML)")->required();
  command.add_option(
      "--out", options.out,
      "Results folder (default: results/NAME); values may be added to the axes later");
  command.add_option(
      "--store", options.store,
      "Folder of artefacts, shared by all sweeps that name it (default: OUT/artefacts)");
  command.add_option("--filter", options.filter, "Run only cells whose name matches this glob");
  command.add_option("--threads", options.threads, "Threads of each rank")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--data-parallel", options.data_parallel,
                  "MPI ranks that compute each training step together; the number of ranks must "
                  "be a multiple of it")
      ->check(CLI::Range(1, 1024));
  refuse_renamed_option(command, "--team", "--data-parallel");
  command.add_option("--device", options.device, "cpu, or cuda: one GPU for each rank")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  add_group_options(command, options);
  add_sharing_options(command, options);
  command
      .add_option("--checkpoint-seconds", options.checkpoint_seconds,
                  "Seconds between two saved states of a long job")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--hang-seconds", options.hang_seconds,
                  "A job that makes no progress for so long, and for three times as long as it "
                  "should take, is ended with its process; 0: never")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace dovetail
