// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numbers>

#include "app/bench/bench_commands.h"
#include "app/bench/bench_options.h"
#include "app/bench/simulated_ranks.h"
#include "base/cpu_time.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/random.h"
#include "comm/communicator.h"
#include "driver/driver.h"
#include "plan/makespan.h"

namespace dovetail {

namespace {

struct BenchDriverOptions {
  int64_t jobs = 0;  // 0: see the help text
  int ranks = 256;   // made up, where no mpirun started several
  int simulate = 0;  // ranks
  std::string records = "empty";
  std::string journal;  // folder
  uint64_t seed = 1;
  bool json = false;
};

constexpr int kShared = 10;  // prerequisites, each of a tenth of the jobs

// A folder of its own, removed at the end.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::filesystem::path& parent) {
    std::string name = (parent / "dovetail-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw_<ConfigError>("--journal {}: cannot make a folder in it", parent.string());
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

double standard_normal(Rng& rng) {  // Box and Muller 1958
  const double radius = std::sqrt(-2 * std::log(1 - rng.uniform()));
  return radius * std::cos(2 * std::numbers::pi * rng.uniform());
}

Job bench_job(const std::string& name, double cost, std::vector<int64_t> inputs) {
  Job job;
  job.key = content_hash(name);
  job.name = name;
  job.kind = inputs.empty() ? JobKind::pretrain : JobKind::tune;
  job.cost_seconds = cost;
  job.inputs = std::move(inputs);
  return job;
}

// Ten prerequisites, and jobs that need one of them each; `cost` gives each its seconds.
Plan bench_plan(int64_t jobs, const std::function<double()>& cost) {
  Plan plan;
  plan.sweep_name = "bench";
  for (int64_t i = 0; i < kShared; ++i)
    plan.jobs.push_back(bench_job(fmt::format("shared{}", i), cost(), {}));
  for (int64_t i = 0; i < jobs; ++i) {
    const int64_t input = i % kShared;
    plan.jobs.push_back(bench_job(fmt::format("job{}", i), cost(), {input}));
    plan.jobs.back().input_keys = {plan.jobs[static_cast<size_t>(input)].key};
  }
  return plan;
}

// As of a tune job: 200 test examples, 3 metrics.
Record bench_record(const Job& job, const std::string& records) {
  Record record;
  record.key = job.key;
  record.name = job.name;
  record.kind = job.kind;
  if (records == "empty") return record;
  for (const char* metric : {"rouge_l", "exact_match", "loss"}) {
    record.metrics[metric] = 0.5;
    record.per_example[metric].assign(200, 0.5F);
  }
  record.predictions.assign(200, "a word or two");
  return record;
}

struct Measured {
  RunSummary summary;
  double cpu_seconds = 0, wall_seconds = 0;  // of the coordinator's thread; of the run
};

Measured run_coordinator(Communicator& ranks, const Plan& plan, const BenchDriverOptions& options,
                         const DriverOptions& driver) {
  const ScratchFolder folder(options.journal.empty() ? std::filesystem::temp_directory_path()
                                                     : std::filesystem::path(options.journal));
  Journal journal(folder.path());
  const RunGroup own = [&](std::span<const Job> group) {
    std::vector<Record> records;
    for (const Job& job : group) records.push_back(bench_record(job, options.records));
    return records;
  };
  const auto began = std::chrono::steady_clock::now();
  const double cpu = thread_cpu_seconds();
  Measured measured{.summary = coordinate(ranks, plan, journal, own, driver)};
  measured.cpu_seconds = thread_cpu_seconds() - cpu;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  measured.wall_seconds = took.count();
  if (measured.summary.finished != measured.summary.total)
    throw_<SystemError>("bench driver: {} of {} jobs have finished", measured.summary.finished,
                        measured.summary.total);
  return measured;
}

void print_measured(const BenchDriverOptions& options, const OrderedJson& line) {
  if (options.json) {
    fmt::print("{}\n", line.dump());
    return;
  }
  for (const auto& [name, value] : line.items())
    fmt::print("{:<26} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
}

// What the made-up ranks themselves take in the coordinator's thread, a job.
double seconds_of_made_up_ranks(const Plan& plan, const BenchDriverOptions& options) {
  constexpr int kTimes = 1000;
  SimulatedRanks ranks(2, [&](const Job& job) { return bench_record(job, options.records); });
  const double began = thread_cpu_seconds();
  for (int i = 0; i < kTimes; ++i) {
    ranks.send(1, kJobs, to_message(Assignment{{plan.jobs[0]}, {1}}));
    ranks.poll();
  }
  const Bytes job = to_message(Assignment{{plan.jobs[0]}, {1}});
  const double whole = thread_cpu_seconds() - began, again = thread_cpu_seconds();
  for (int i = 0; i < kTimes; ++i) to_message(Assignment{{plan.jobs[0]}, {1}});
  return (whole - (thread_cpu_seconds() - again)) / kTimes;  // writing the job is the coordinator's
}

int bench_rank_0(Communicator& world, const BenchDriverOptions& options) {
  const Plan plan = bench_plan(options.jobs > 0 ? options.jobs : 2000, [] { return 1.0; });
  const bool made_up = world.size() == 1;
  SimulatedRanks simulated(options.ranks,
                           [&](const Job& job) { return bench_record(job, options.records); });
  const double of_ranks = made_up ? seconds_of_made_up_ranks(plan, options) : 0;
  const Measured measured =
      run_coordinator(made_up ? simulated : world, plan, options, DriverOptions());
  const double jobs = static_cast<double>(measured.summary.total);
  print_measured(options, {{"bench", "driver"},
                           {"records", options.records},
                           {"jobs", measured.summary.total},
                           {"ranks", made_up ? options.ranks : world.size()},
                           {"made_up_ranks", made_up},
                           {"coordinator_us_per_job",
                            1e6 * std::max(0.0, measured.cpu_seconds / jobs - of_ranks)},
                           {"wall_us_per_job", 1e6 * measured.wall_seconds / jobs},
                           {"jobs_per_second", jobs / measured.wall_seconds}});
  return kSuccess;
}

// Durations of a minute in the mean, log-normal with sigma 1, which the plan knows.
int bench_simulated(const BenchDriverOptions& options) {
  Rng rng(options.seed);
  const auto duration = [&] { return 60 * std::exp(standard_normal(rng) - 0.5); };
  const int64_t a_rank = options.simulate > 1000 ? 20 : 100;
  const int64_t jobs = options.jobs > 0 ? options.jobs : a_rank * options.simulate;
  const Plan plan = bench_plan(jobs, duration);
  SimulatedRanks ranks(options.simulate + 1,
                       [&](const Job& job) { return bench_record(job, options.records); });
  ranks.simulate_time();
  DriverOptions driver;
  driver.rank_0_works = false;
  driver.dead_after_seconds = 0;  // nobody is silent
  const Measured measured = run_coordinator(ranks, plan, options, driver);
  double longest = 0;
  for (const Job& job : plan.jobs) longest = std::max(longest, job.cost_seconds);
  const std::vector<double> paths = longest_paths(plan.jobs);
  const double bound = std::max({total_seconds(plan.jobs) / options.simulate, longest,
                                 *std::max_element(paths.begin(), paths.end())});
  print_measured(options, {{"bench", "driver"},
                           {"simulated_ranks", options.simulate},
                           {"jobs", measured.summary.total},
                           {"seed", options.seed},
                           {"makespan_seconds", ranks.seconds()},
                           {"bound_seconds", bound},
                           {"makespan_over_bound", ranks.seconds() / bound},
                           {"coordinator_us_per_job",
                            1e6 * measured.cpu_seconds / static_cast<double>(plan.jobs.size())}});
  return kSuccess;
}

int bench_driver(const BenchDriverOptions& options) {
  if (options.simulate > 0) return bench_simulated(options);
  const std::unique_ptr<Communicator> world = make_communicator();
  if (world->rank() == 0) return bench_rank_0(*world, options);
  work(*world, [&](std::span<const Job> group) {
    std::vector<Record> records;
    for (const Job& job : group) records.push_back(bench_record(job, options.records));
    return records;
  });
  return kSuccess;
}

}  // namespace

void add_bench_driver(CLI::App& bench, std::function<int()>& chosen) {
  const auto options = std::make_shared<BenchDriverOptions>();
  CLI::App* command = bench.add_subcommand(
      "driver",
      "The coordinator's time a job, with every record on disk before it counts; and how "
      "well it keeps many ranks busy");
  command
      ->add_option("--jobs", options->jobs,
                   "How many (2,000; simulated: 100 a rank, of more than 1,000 ranks 20)")
      ->check(CLI::Range(1, 100'000'000));
  command
      ->add_option("--ranks", options->ranks,
                   "Made-up ranks that end a job the moment they get it, unless mpirun has "
                   "started real ones")
      ->check(CLI::Range(2, 1 << 20));
  command
      ->add_option("--simulate", options->simulate,
                   "Ranks whose jobs take a simulated minute in the mean: the time until all "
                   "are done, over the shortest that could be")
      ->check(CLI::Range(1, 1 << 20));
  command
      ->add_option("--records", options->records,
                   "empty, or tune: as of 200 test examples by 3 metrics")
      ->check(CLI::IsMember({"empty", "tune"}));
  command->add_option("--journal", options->journal,
                      "Folder in which the journal is written (default: that for temporary files)");
  command->add_option("--seed", options->seed, "Of the simulated durations");
  command->add_flag("--json", options->json, "One line of JSON");
  command->footer("Example: mpirun -n 4 dovetail bench driver --jobs 20000 --json");
  command->callback([options, &chosen] { chosen = [options] { return bench_driver(*options); }; });
}

}  // namespace dovetail
