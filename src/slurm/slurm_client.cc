// SPDX-License-Identifier: Apache-2.0
#include "slurm/slurm_client.h"

#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "slurm/run_program.h"

namespace dovetail {

namespace {

// The last line of what a program complained.
std::string complaint(const ProgramResult& result) {
  const std::vector<std::string> lines = split(trim(result.errors), '\n');
  return lines.back().empty() ? fmt::format("exit code {}", result.exit_code) : lines.back();
}

std::string output_of(const std::vector<std::string>& words) {
  const ProgramResult result = run_program(words);
  if (result.exit_code == 0) return result.output;
  throw_<ConfigError>("{}: {}", words[0], complaint(result));
}

ProgramResult show_partitions() {
  return run_program({"scontrol", "--oneliner", "show", "partition"});
}

std::vector<std::string> names_of_all(const std::vector<Partition>& partitions) {
  std::vector<std::string> names;
  for (const Partition& partition : partitions) names.push_back(partition.name);
  return names;
}

std::vector<std::string> with_ids(std::vector<std::string> words,
                                  const std::vector<std::string>& ids) {
  words.insert(words.end(), ids.begin(), ids.end());
  return words;
}

}  // namespace

bool SlurmClient::answers() { return show_partitions().exit_code == 0; }

SlurmClient::SlurmClient() {
  const ProgramResult shown = show_partitions();
  if (shown.exit_code == 127) {
    throw ConfigError(
        "there is no Slurm on this machine (no scontrol in the PATH): submit from a login node of "
        "the cluster; --dry-run prints the scripts anywhere");
  }
  if (shown.exit_code != 0) {
    throw_<ConfigError>(
        "Slurm is installed here, but its controller does not answer ({}): submit from a login "
        "node of the cluster; --dry-run prints the scripts anywhere",
        complaint(shown));
  }
  partitions_ = parse_partitions(shown.output);
}

void SlurmClient::check(const Profile& profile) const {
  if (profile.partition.empty()) return;
  const auto found = std::ranges::find(partitions_, profile.partition, &Partition::name);
  const std::string where = profile.file.string();
  if (found == partitions_.end()) {
    throw_<ConfigError>("{}: this cluster has no partition \"{}\": {}", where, profile.partition,
                        did_you_mean(profile.partition, names_of_all(partitions_)));
  }
  if (!found->is_up) throw_<ConfigError>("{}: partition {} is not up", where, found->name);
  if (profile.nodes > found->num_nodes) {
    throw_<ConfigError>("{}: nodes = {}, but partition {} has {}", where, profile.nodes,
                        found->name, found->num_nodes);
  }
  if (found->limit_seconds && profile.time_seconds > *found->limit_seconds) {
    throw_<ConfigError>(
        "{}: time = \"{}\" is above the limit of partition {}, {} minutes: take that, a sweep goes "
        "on in the next job",
        where, profile.time, found->name, *found->limit_seconds / 60);
  }
}

LauncherChoice SlurmClient::launcher() const {
  const ProgramResult list = run_program({"srun", "--mpi=list"});
  return choose_launcher(list.output + "\n" + list.errors,
                         run_program({"ompi_info", "--parsable"}).output);
}

std::string SlurmClient::submit(const std::filesystem::path& script,
                                const std::string& dependency) const {
  std::vector<std::string> words = {"sbatch", "--parsable"};
  if (!dependency.empty()) {
    words.push_back("--dependency=" + dependency);
    words.push_back("--kill-on-invalid-dep=yes");
  }
  words.push_back(script.string());
  const std::string id = output_of(words);
  return std::string(trim(id.substr(0, id.find(';'))));  // "12", or "12;cluster"
}

std::string SlurmClient::test(const std::filesystem::path& script) const {
  const ProgramResult result = run_program({"sbatch", "--test-only", script.string()});
  if (result.exit_code != 0) throw_<ConfigError>("{}", complaint(result));
  return std::string(trim(result.errors));
}

std::vector<QueuedJob> SlurmClient::jobs(const std::string& tag) const {
  std::vector<QueuedJob> jobs = parse_queue(
      output_of({"squeue", "--noheader", "--array", fmt::format("--user={}", ::getuid()),
                 fmt::format("--format={}", kQueueFormat)}));
  std::erase_if(jobs, [&](const QueuedJob& job) { return job.tag != tag; });
  return jobs;
}

std::string SlurmClient::accounting(const std::vector<std::string>& ids) const {
  const ProgramResult result =
      run_program({"sacct", "-X", "-n", "-P", "-D", "-o", "JobID,State", "-j", join(ids, ",")});
  return result.exit_code == 0 ? result.output : "";
}

void SlurmClient::ask_to_stop(const std::vector<std::string>& ids) const {
  run_program(with_ids({"scancel", "--quiet", "--batch", "--signal=USR1"}, ids));
}

void SlurmClient::cancel(const std::vector<std::string>& ids) const {
  output_of(with_ids({"scancel", "--quiet"}, ids));
}

}  // namespace dovetail
