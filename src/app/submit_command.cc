// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/front/programs.h"
#include "app/front/typed_command.h"
#include "app/results_folder.h"
#include "app/submission_state.h"
#include "base/data_folder.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/names.h"
#include "plan/plan_text.h"
#include "planning/plan_sweep.h"
#include "slurm/job_script.h"
#include "slurm/slurm_client.h"
#include "slurm/stop_lead.h"
#include "slurm/submission.h"
#include "store/journal.h"
#include "store/sweep_status.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct SubmitOptions {
  std::string sweep, profile, out, store, filter;
  bool dry_run = false, test_only = false, status = false, cancel = false;
};

// The scripts lie beside the data: in the checkout, and in PREFIX/share/dovetail.
fs::path jobs_folder() { return data_folder().parent_path() / "jobs"; }

// A file, or the name of one of ours.
Profile profile_of(const SubmitOptions& options) {
  if (options.profile.empty()) {
    throw_<ConfigError>(
        "--profile is missing: name a file that says how your cluster runs jobs, such as {}",
        (jobs_folder() / "profiles" / "cpu.toml").string());
  }
  const fs::path ours = jobs_folder() / "profiles" / (options.profile + ".toml");
  const bool is_name = !fs::exists(options.profile) && fs::exists(ours);
  return read_profile(is_name ? ours : fs::path(options.profile),
                      jobs_folder() / "slurm" / "sweep.sbatch");
}

fs::path absolute_place(const fs::path& path) { return fs::weakly_canonical(fs::absolute(path)); }

JobScript script_of(const SubmitOptions& options, const Profile& profile, const Plan& plan,
                    const fs::path& out) {
  const int64_t stop = profile.stop_seconds > 0
                           ? profile.stop_seconds
                           : estimated_stop_seconds(plan, profile.cores_per_rank);
  const fs::path store = options.store.empty() ? out / "artefacts" : fs::path(options.store);
  return {
      .name = plan.sweep_name,
      .tag = submission_tag(out),
      .out = absolute_place(out),
      .store = absolute_place(store),
      .sweep = absolute_place(options.sweep),
      .folder = fs::current_path(),
      .program = front_program(),
      .launch = jobs_folder() / "launch",
      .filter = options.filter,
      .launcher = profile.launcher,
      .command = fmt::format("dovetail submit {} --profile {} --out {}", shell_word(options.sweep),
                             shell_word(options.profile), shell_word(out.string())),
      .stop_seconds = stop};
}

// Which launcher the job will use; says why. One rank needs none.
std::string settled_launcher(const Profile& profile, const std::optional<SlurmClient>& slurm) {
  if (profile.ranks() == 1) return "none";
  if (profile.launcher != "auto") return profile.launcher;
  if (!slurm) {
    fmt::print(stderr,
               "launcher: not known, as there is no Slurm here; dovetail submit finds out on the "
               "cluster. The script shows mpirun\n");
    return "mpirun";
  }
  const LauncherChoice choice = slurm->launcher();
  fmt::print(stderr, "launcher: {}\n", choice.why);
  return choice.launcher;
}

// Warns of a limit that is shorter than what the signal needs.
void note_short_limit(const Profile& profile, int64_t stop_seconds) {
  constexpr int64_t kEarliestSignal = 60;
  if (profile.time_seconds > stop_seconds + 2 * kEarliestSignal) return;
  fmt::print(
      stderr,
      "note: of time = \"{}\" little is left to work in: jobs hear of their limit {} to {} s "
      "before it\n",
      profile.time, stop_seconds, stop_seconds + kEarliestSignal);
}

int64_t links_of(const Profile& profile, const Plan& plan, int64_t stop_seconds) {
  if (profile.at_limit == AtLimit::requeue) return 1;
  if (profile.links > 0) return profile.links;
  const int64_t ranks = profile.ranks() * std::max<int64_t>(1, profile.shares);
  return estimated_links(plan, ranks, profile.time_seconds, stop_seconds);
}

std::string role_of(const Profile& profile, int64_t link, int64_t num_links) {
  const std::string what = profile.shares > 0 ? counted(profile.shares, "share") : "sweep";
  return num_links == 1 ? what : fmt::format("{}, link {} of {}", what, link, num_links);
}

// A link of a chain begins when the one before has ended in any other way than success; the script
// then looks whether it was an interruption.
Submission submit_links(const SlurmClient& slurm, const Profile& profile, const fs::path& script,
                        int64_t num_links) {
  Submission submission;
  try {
    for (int64_t link = 1; link <= num_links; ++link) {
      const std::string dependency = link == 1 ? "" : "afternotok:" + submission.parts.back().id;
      submission.parts.push_back(
          {slurm.submit(script, dependency), role_of(profile, link, num_links)});
    }
  } catch (const std::exception&) {  // of a chain nothing is submitted, or all
    for (const Submission::Part& part : submission.parts) slurm.cancel({part.id});
    throw;
  }
  return submission;
}

void check_not_submitted(const SlurmClient& slurm, const fs::path& out, const std::string& sweep) {
  for (const QueuedJob& job : slurm.jobs(submission_tag(out))) {
    if (!job.is_alive()) continue;
    throw_<ConfigError>(
        "this sweep is submitted already: job {} is {}. dovetail submit {} --status shows it, "
        "--cancel ends it; --out names another results folder",
        job.id, job.state, sweep);
  }
}

bool nothing_is_left(const fs::path& out, const Plan& plan) {
  if (!fs::exists(out / "plan.json")) return false;
  const SweepStatus status = sweep_status(index_of(plan), read_summaries(out));
  if (status.jobs.missing > 0) return false;
  fmt::print("nothing is left to do: all {} jobs of {} have ended in {}\n", status.jobs.total,
             plan.sweep_name, out.string());
  return true;
}

void print_submitted(const Submission& submission, const SubmitOptions& options,
                     const Profile& profile, int64_t stop_seconds) {
  for (const Submission::Part& part : submission.parts) {
    fmt::print("submitted: job {}, {}\n", part.id, part.role);
  }
  fmt::print(
      "each on {} with {}, for up to {}; it hears of the limit at least {} s before, and {}\n",
      counted(profile.nodes, "node"), counted(profile.ranks(), "rank"), profile.time, stop_seconds,
      profile.at_limit == AtLimit::chain ? "the next link goes on" : "goes back into the queue");
  fmt::print("dovetail submit {} --status shows it, --cancel ends it\n", options.sweep);
}

// Hands the script to sbatch from a file that is removed again.
int test_only(const SlurmClient& slurm, const std::string& script) {
  struct Temporary {
    fs::path file = fs::temp_directory_path() / fmt::format("dovetail-{}.sbatch", ::getpid());
    ~Temporary() {
      std::error_code ignored;
      fs::remove(file, ignored);
    }
  };
  const Temporary temporary;
  write_file_atomically(temporary.file, script);
  fmt::print("{}\n", slurm.test(temporary.file));
  return kSuccess;
}

int hand_over(const SlurmClient& slurm, const SubmitOptions& options, const Profile& profile,
              const JobScript& script, const Plan& plan, const std::string& text) {
  const fs::path folder = submission_folder(script.out);
  make_folders(folder);
  forget_earlier_jobs(script.out);
  write_file_atomically(folder / "sweep.sbatch", text);
  Submission submission = submit_links(slurm, profile, folder / "sweep.sbatch",
                                       links_of(profile, plan, script.stop_seconds));
  submission.profile = profile.file.string();
  submission.launcher = script.launcher;
  write_submission(script.out, submission);
  print_submitted(submission, options, profile, script.stop_seconds);
  return kSuccess;
}

int submit(const SubmitOptions& options) {
  const auto [whole, plan] = plan_sweep(options.sweep, options.filter);
  const fs::path out =
      options.out.empty() ? fs::path("results") / whole.sweep_name : fs::path(options.out);
  if (options.status) return show_submission(out);
  if (options.cancel) return cancel_submission(out);
  const Profile profile = profile_of(options);
  std::optional<SlurmClient> slurm;
  if (!options.dry_run || SlurmClient::answers()) slurm.emplace();
  if (slurm) slurm->check(profile);
  check_is_ours(out);
  check_keeps_results(out, whole, read_journal(out), options.store);
  const bool only_asks = options.dry_run || options.test_only;
  if (!only_asks) check_not_submitted(*slurm, out, options.sweep);
  if (!only_asks && nothing_is_left(out, plan)) return kSuccess;
  JobScript script = script_of(options, profile, plan, out);
  script.launcher = settled_launcher(profile, slurm);
  note_short_limit(profile, script.stop_seconds);
  const std::string text = job_script_text(profile, script);
  if (options.dry_run) {
    const int64_t links = links_of(profile, plan, script.stop_seconds);
    if (links > 1) fmt::print(stderr, "a chain of {} jobs with this script\n", links);
    fmt::print("{}", text);
    return kSuccess;
  }
  if (options.test_only) return test_only(*slurm, text);
  return hand_over(*slurm, options, profile, script, plan, text);
}

}  // namespace

void add_submit(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<SubmitOptions>();
  CLI::App* command = app.add_subcommand(
      "submit", "Hand a sweep to Slurm, which runs it to its end over any number of jobs");
  command->add_option("SWEEP", options->sweep, "Sweep file (TOML)")->required();
  command->add_option("--profile", options->profile,
                      "How the cluster runs jobs: a file such as jobs/profiles/cpu.toml, or the "
                      "name of one of those (cpu, cpu-shares, one-gpu, many-gpus, preemptible)");
  command->add_option("--out", options->out, "Results folder (default: results/NAME)");
  command->add_option("--store", options->store,
                      "Folder of artefacts, shared by all sweeps that name it (default: "
                      "OUT/artefacts)");
  command->add_option("--filter", options->filter, "Run only cells whose name matches this glob");
  CLI::Option_group* what = command->add_option_group("in place of submitting");
  what->add_flag("--dry-run", options->dry_run, "Print the job script; needs no Slurm");
  what->add_flag("--test-only", options->test_only, "Ask Slurm when the job would start");
  what->add_flag("--status", options->status, "Show what was submitted: our state and squeue's");
  what->add_flag("--cancel", options->cancel, "Stop what was submitted");
  what->require_option(0, 1);
  command->footer(
      "Example: dovetail submit sweeps/quickstart.toml --profile jobs/profiles/cpu.toml");
  command->callback([options, &chosen] { chosen = [options] { return submit(*options); }; });
}

}  // namespace dovetail
