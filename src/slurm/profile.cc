// SPDX-License-Identifier: Apache-2.0
#include "slurm/profile.h"

#include <cmath>

#include "base/error.h"
#include "base/names.h"
#include "base/near_path.h"
#include "base/strict_toml.h"
#include "slurm/duration.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kKeys = {
    "partition",      "account",         "qos",           "nodes",    "ranks_per_node",
    "cores_per_rank", "memory_per_core", "gpus_per_node", "time",     "sbatch",
    "shares",         "at_limit",        "links",         "launcher", "setup",
    "local_disk",     "stop_seconds",    "idle_lives",    "script"};

int64_t whole_number(const StrictToml& toml, const std::string& key, int64_t otherwise,
                     int64_t least) {
  const double number = toml.number(key).value_or(static_cast<double>(otherwise));
  if (number != std::floor(number) || number < static_cast<double>(least) || number > 1e6) {
    toml.fail(key,
              fmt::format("{} must be a whole number from {} on, found {}", key, least, number));
  }
  return static_cast<int64_t>(number);
}

std::string one_of(const StrictToml& toml, const std::string& key,
                   const std::vector<std::string>& known) {
  const std::string word = toml.text(key, known.front());
  for (const std::string& other : known) {
    if (word == other) return word;
  }
  toml.fail(key, fmt::format("unknown {} \"{}\": {}", key, word, did_you_mean(word, known)));
}

// What stands in a line of #SBATCH may not break it.
std::string one_line(const StrictToml& toml, const std::string& key, const std::string& text) {
  if (text.find_first_of("\n\"") != std::string::npos) {
    toml.fail(key, fmt::format("{} must be one line without quotes", key));
  }
  return text;
}

void read_resources(const StrictToml& toml, Profile& profile) {
  for (const auto& [key, value] : {std::pair{"partition", &profile.partition},
                                   {"account", &profile.account},
                                   {"qos", &profile.qos},
                                   {"memory_per_core", &profile.memory_per_core}}) {
    *value = one_line(toml, key, toml.text(key, ""));
  }
  profile.nodes = whole_number(toml, "nodes", 1, 1);
  profile.gpus_per_node = whole_number(toml, "gpus_per_node", 0, 0);
  profile.ranks_per_node =
      whole_number(toml, "ranks_per_node", std::max<int64_t>(1, profile.gpus_per_node), 1);
  profile.cores_per_rank = whole_number(toml, "cores_per_rank", 1, 1);
  if (profile.gpus_per_node > 0 && profile.gpus_per_node != profile.ranks_per_node) {
    toml.fail("gpus_per_node",
              fmt::format("each rank takes one GPU, so gpus_per_node ({}) must be ranks_per_node "
                          "({}), or 0",
                          profile.gpus_per_node, profile.ranks_per_node));
  }
  profile.time = toml.text("time");
  const std::optional<int64_t> seconds = seconds_of_duration(profile.time);
  if (!seconds || *seconds < 60) {
    toml.fail("time", fmt::format("time must be Slurm's, such as \"04:00:00\" or \"2-12:00:00\", "
                                  "and at least a minute, found \"{}\"",
                                  profile.time));
  }
  profile.time_seconds = *seconds;
  for (const std::string& option : toml.texts("sbatch")) {
    if (!option.starts_with("-")) {
      toml.fail("sbatch", fmt::format("sbatch must list options such as \"--exclusive\", found "
                                      "\"{}\"",
                                      option));
    }
    profile.sbatch.push_back(one_line(toml, "sbatch", option));
  }
}

fs::path script_of(const StrictToml& toml, const fs::path& default_script) {
  if (!toml.has("script")) return default_script;
  const fs::path script = toml.file().parent_path() / toml.text("script");
  if (!fs::is_regular_file(script)) {
    toml.fail("script",
              fmt::format("script {} is no file{}", script.string(), near_path_hint(script)));
  }
  return script;
}

}  // namespace

Profile read_profile(const fs::path& file, const fs::path& default_script) {
  const StrictToml toml(file, kKeys);
  Profile profile{.file = file};
  read_resources(toml, profile);
  profile.shares = whole_number(toml, "shares", 0, 0);
  profile.at_limit =
      one_of(toml, "at_limit", {"requeue", "chain"}) == "chain" ? AtLimit::chain : AtLimit::requeue;
  profile.links = whole_number(toml, "links", 0, 0);
  if (profile.links > 0 && profile.at_limit != AtLimit::chain) {
    toml.fail("links", "links belongs to a chain: set at_limit = \"chain\", or leave it out");
  }
  profile.launcher = one_of(toml, "launcher", {"auto", "srun-pmix", "srun-pmi2", "mpirun"});
  profile.setup = toml.texts("setup");
  profile.local_disk = toml.text("local_disk", "");
  profile.stop_seconds = whole_number(toml, "stop_seconds", 0, 0);
  profile.idle_lives = whole_number(toml, "idle_lives", 3, 1);
  profile.script = script_of(toml, default_script);
  return profile;
}

}  // namespace dovetail
