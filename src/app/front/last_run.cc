// SPDX-License-Identifier: Apache-2.0
#include "app/front/last_run.h"

#include "app/front/typed_command.h"
#include "base/file.h"
#include "base/folder.h"
#include "plan/json.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

fs::path file_of(const fs::path& results_folder) {
  return results_folder / "logs" / "last_run.json";
}

}  // namespace

void write_last_run(const fs::path& results_folder, const LastRun& run) {
  const Json json = {
      {"command", run.command}, {"folder", run.folder.string()}, {"store", run.store.string()}};
  make_folders(file_of(results_folder).parent_path());
  write_file_atomically(file_of(results_folder),
                        json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<LastRun> read_last_run(const fs::path& results_folder) {
  try {
    const Json json = Json::parse(read_file(file_of(results_folder)));
    return LastRun{json.at("command").get<std::string>(), json.at("folder").get<std::string>(),
                   json.at("store").get<std::string>()};
  } catch (const std::exception&) {  // of the file or of JSON: nothing is known then
    return std::nullopt;
  }
}

std::string command_to_go_on(const fs::path& results_folder) {
  const std::optional<LastRun> run = read_last_run(results_folder);
  if (!run || run->command.empty()) return "";
  std::error_code error;
  if (fs::equivalent(run->folder, ".", error)) return run->command;
  return "cd " + shell_word(run->folder.string()) + " && " + run->command;
}

fs::path store_of_last_run(const fs::path& results_folder) {
  const std::optional<LastRun> run = read_last_run(results_folder);
  std::error_code error;
  if (!run || !fs::exists(run->store, error)) return results_folder / "artefacts";
  const fs::path near = run->store.lexically_proximate(fs::current_path());
  return *near.begin() == ".." ? run->store : near;
}

}  // namespace dovetail
