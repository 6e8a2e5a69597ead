// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dovetail {

// How a results folder was last run: DIR/logs/last_run.json. It only serves advice, so it is no
// part of the results, and a missing or damaged file is none.
struct LastRun {
  std::string command;           // as the user typed it, launcher included
  std::filesystem::path folder;  // where, absolute
  std::filesystem::path store;   // absolute
};

void write_last_run(const std::filesystem::path& results_folder, const LastRun& run);
std::optional<LastRun> read_last_run(const std::filesystem::path& results_folder);

// The command that goes on with the run, ready to paste: with `cd FOLDER && ` in front where that
// is another folder. "" where it is not known.
std::string command_to_go_on(const std::filesystem::path& results_folder);

// The store of the last run, relative to the working directory where it lies below; DIR/artefacts
// where the last run is not known.
std::filesystem::path store_of_last_run(const std::filesystem::path& results_folder);

}  // namespace dovetail
