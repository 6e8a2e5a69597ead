// SPDX-License-Identifier: Apache-2.0
#include "slurm/job_script.h"

#include <map>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

std::string quoted(const std::string& word) { return "'" + join(split(word, '\''), "'\\''") + "'"; }

std::string sbatch_lines(const Profile& profile, const JobScript& script) {
  const fs::path log =
      submission_folder(script.out) / (profile.shares > 0 ? "%A_%a.out" : "%j.out");
  Settings options = {{"job-name", script.name},
                      {"comment", script.tag},
                      {"partition", profile.partition},
                      {"account", profile.account},
                      {"qos", profile.qos},
                      {"nodes", std::to_string(profile.nodes)},
                      {"ntasks-per-node", std::to_string(profile.ranks_per_node)},
                      {"cpus-per-task", std::to_string(profile.cores_per_rank)},
                      {"mem-per-cpu", profile.memory_per_core}};
  if (profile.gpus_per_node > 0)
    options.emplace_back("gpus-per-node", std::to_string(profile.gpus_per_node));
  if (profile.shares > 0) options.emplace_back("array", fmt::format("1-{}", profile.shares));
  options.emplace_back("time", profile.time);
  options.emplace_back("signal", fmt::format("B:USR1@{}", script.stop_seconds));
  options.emplace_back("open-mode", "append");
  options.emplace_back("output", "\"" + log.string() + "\"");
  options.emplace_back("chdir", "\"" + script.folder.string() + "\"");
  std::string lines;
  for (const auto& [option, value] : options) {
    if (!value.empty()) lines += fmt::format("#SBATCH --{}={}\n", option, value);
  }
  lines += "#SBATCH --requeue\n";
  for (const std::string& option : profile.sbatch) lines += "#SBATCH " + option + "\n";
  return lines;
}

std::string settings_lines(const Profile& profile, const JobScript& script) {
  const Settings settings = {
      {"dovetail", script.program.string()},
      {"launch", script.launch.string()},
      {"sweep", script.sweep.string()},
      {"out", script.out.string()},
      {"store", script.store.string()},
      {"filter", script.filter},
      {"threads", std::to_string(profile.cores_per_rank)},
      {"device", profile.gpus_per_node > 0 ? "cuda" : "cpu"},
      {"share", profile.shares > 0 ? "yes" : "no"},
      {"launcher", script.launcher},
      {"at_limit", profile.at_limit == AtLimit::chain ? "chain" : "requeue"},
      {"stop_seconds", std::to_string(script.stop_seconds)},
      {"idle_lives", std::to_string(profile.idle_lives)},
      {"command", script.command},
  };
  std::string lines;
  for (const auto& [name, value] : settings) lines += name + "=" + quoted(value) + "\n";
  // not quoted: the variables are those of the node
  return lines + "local_disk=\"" + profile.local_disk + "\"\n";
}

std::string setup_lines(const Profile& profile) {
  std::string lines;
  for (const std::string& line : profile.setup) lines += line + "\n";
  return lines;
}

// "SBATCH" of the line "# @SBATCH@"; "" of others.
std::string place_in(const std::string& line) {
  const bool is_place = line.starts_with("# @") && line.ends_with("@") && line.size() > 4 &&
                        line.find(' ', 2) == std::string::npos;
  return is_place ? line.substr(3, line.size() - 4) : "";
}

}  // namespace

fs::path submission_folder(const fs::path& out) { return out / "slurm"; }

std::string job_script_text(const Profile& profile, const JobScript& script) {
  std::map<std::string, std::string> parts = {{"SBATCH", sbatch_lines(profile, script)},
                                              {"SETTINGS", settings_lines(profile, script)},
                                              {"SETUP", setup_lines(profile)}};
  std::string text;
  int number = 0;
  for (const std::string& line : split(read_file(profile.script), '\n')) {
    ++number;
    const std::string place = place_in(line);
    if (place.empty()) {
      text += line + "\n";
    } else if (const auto part = parts.find(place); part != parts.end()) {
      text += part->second;
      parts.erase(part);
    } else {
      throw_<ConfigError>(
          "{}:{}: expected each of # @SBATCH@, # @SETTINGS@ and # @SETUP@ once, found {}",
          profile.script.string(), number, line);
    }
  }
  if (!parts.empty()) {
    throw_<ConfigError>("{}: expected the line # @{}@, which is missing", profile.script.string(),
                        parts.begin()->first);
  }
  text.pop_back();  // split() gives an empty line after the last line end
  return text;
}

}  // namespace dovetail
