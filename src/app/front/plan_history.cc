// SPDX-License-Identifier: Apache-2.0
#include "app/front/plan_history.h"

#include <fmt/chrono.h>

#include <chrono>

#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSweep = "sweep.toml";
constexpr const char* kPlan = "plan.json";
constexpr const char* kChange = "change.json";

fs::path entry_of(const fs::path& folder, int number) {
  return folder / "history" / std::to_string(number);
}

int num_entries(const fs::path& folder) {
  int number = 0;
  while (fs::exists(entry_of(folder, number + 1))) ++number;
  return number;
}

std::string time_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(now));
}

std::string line_of(const Json& change) {
  const std::string added = labels_text(change.at("added"));
  const std::string removed = labels_text(change.at("removed"));
  std::string text = change.at("replaced_at").get<std::string>() + ":";
  if (!added.empty()) text += " added " + added + ";";
  if (!removed.empty()) text += " left out " + removed + ", of which nothing was finished;";
  return text + fmt::format(" {} cells became {}", change.at("num_cells_before").get<int64_t>(),
                            change.at("num_cells_after").get<int64_t>());
}

}  // namespace

void keep_in_history(const fs::path& folder, const PlanChange& change, size_t num_cells_before,
                     size_t num_cells_after) {
  const Json json = {{"replaced_at", time_now()},
                     {"added", change.added},
                     {"removed", change.removed},
                     {"num_cells_before", num_cells_before},
                     {"num_cells_after", num_cells_after}};
  make_folders(folder / "history");
  publish_folder(entry_of(folder, num_entries(folder) + 1), [&](const fs::path& entry) {
    for (const char* name : {kSweep, kPlan}) {
      if (fs::exists(folder / name)) write_file_atomically(entry / name, read_file(folder / name));
    }
    write_file_atomically(entry / kChange, json.dump(1) + "\n");
  });
}

void remove_unfinished_history(const fs::path& folder) {
  const fs::path last = entry_of(folder, num_entries(folder));
  if (!fs::exists(last / kPlan) || !fs::exists(folder / kPlan)) return;
  if (read_file(last / kPlan) == read_file(folder / kPlan)) fs::remove_all(last);
}

std::vector<std::string> history_lines(const fs::path& folder) {
  std::vector<std::string> lines;
  for (int number = 1; number <= num_entries(folder); ++number) {
    try {
      lines.push_back(line_of(Json::parse(read_file(entry_of(folder, number) / kChange))));
    } catch (const std::exception& error) {  // of the file or of JSON; nothing depends on it
      log_debug("{}", error.what());
    }
  }
  return lines;
}

}  // namespace dovetail
