// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "app/bench/bench_commands.h"
#include "app/bench/bench_options.h"
#include "app/bench/made_up_results.h"
#include "app/front/programs.h"
#include "base/child_process.h"
#include "base/error.h"
#include "base/hash.h"
#include "jobs/provenance.h"
#include "store/journal_segments.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct BenchStoreOptions {
  int64_t cells = 100'000;
  int64_t report_cells = 10'000;  // at most
  int64_t examples = 50;
  std::string folder;  // in which the results are made; "": that for temporary files
  bool keep = false, json = false;
};

// What a command of this program took.
struct CommandCost {
  double wall_seconds = 0, cpu_seconds = 0;
  int64_t peak_bytes = 0;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

// Runs this program with these words, its output thrown away: start, libraries and all.
CommandCost cost_of_command(std::vector<std::string> words) {
  words.insert(words.begin(), front_program().string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const auto began = std::chrono::steady_clock::now();
  const int failed =
      ::posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw_<SystemError>("{} cannot be started", words[0]);
  int status = 0;
  rusage usage{};
  while (::wait4(process, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (status != 0) throw_<SystemError>("dovetail {} has failed; the reason is above", words[1]);
  return {took.count(), seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
          usage.ru_maxrss * 1024};
}

// The shortest of five, as others may be at work beside it.
double shortest_seconds(const std::vector<std::string>& words) {
  double shortest = cost_of_command(words).wall_seconds;
  for (int i = 1; i < 5; ++i) shortest = std::min(shortest, cost_of_command(words).wall_seconds);
  return shortest;
}

// The made-up results are made in a process of their own, whose memory is nobody else's.
void make_results(const fs::path& folder, int64_t cells, int64_t examples) {
  run_in_child("making results up", [&] {
    write_made_up_results(folder, cells, examples);
    return std::string();
  });
}

OrderedJson measure_store(const fs::path& folder, const BenchStoreOptions& options) {
  make_results(folder, options.cells, options.examples);
  const auto exported = [&](const char* name) {
    return std::vector<std::string>{"export", folder, "--table", "--to", folder / name};
  };
  const CommandCost rebuilt = cost_of_command(exported("a.h5"));
  cost_of_command(exported("b.h5"));
  const double start = shortest_seconds({"--help"});  // of dovetail-full
  const double status = shortest_seconds({"status", folder, "--json"});
  int64_t journal_bytes = 0;
  for (const JournalFile& file : journal_files(folder / "journal"))
    journal_bytes += static_cast<int64_t>(fs::file_size(file.path));
  return {{"cells", options.cells},
          {"examples", options.examples},
          {"plan_bytes", fs::file_size(folder / "plan.json")},
          {"journal_bytes", journal_bytes},
          {"results_bytes", fs::file_size(folder / "a.h5")},
          {"rebuild_seconds", rebuilt.wall_seconds},
          {"rebuild_cpu_seconds", rebuilt.cpu_seconds},
          {"rebuild_peak_bytes", rebuilt.peak_bytes},
          {"byte_identical", file_hash(folder / "a.h5") == file_hash(folder / "b.h5")},
          {"start_seconds", start},
          {"status_seconds", status}};
}

OrderedJson measure_report(const fs::path& folder, const BenchStoreOptions& options) {
  const int64_t cells = std::min(options.cells, options.report_cells);
  make_results(folder, cells, options.examples);
  const CommandCost report = cost_of_command({"report", folder});
  return {{"report_cells", cells},
          {"report_seconds", report.wall_seconds},
          {"report_peak_bytes", report.peak_bytes},
          {"page_bytes", fs::file_size(folder / "report" / "index.html")}};
}

int bench_store(const BenchStoreOptions& options) {
  const fs::path parent =
      options.folder.empty() ? fs::temp_directory_path() : fs::path(options.folder);
  std::string name = (parent / "dovetail-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw_<ConfigError>("--folder {}: cannot make a folder in it", parent.string());
  const fs::path folder = name;
  OrderedJson line = {{"bench", "store"}};
  try {
    line.update(measure_store(folder / "store", options));
    line.update(measure_report(folder / "report", options));
  } catch (...) {
    fs::remove_all(folder);
    throw;
  }
  if (options.keep) {
    line["folder"] = folder.string();
  } else {
    fs::remove_all(folder);
  }
  double load_average = 0;
  ::getloadavg(&load_average, 1);
  line["load_average"] = load_average;
  line["cores"] = std::thread::hardware_concurrency();
  line["cpu"] = cpu_model();
  if (options.json) {
    fmt::print("{}\n", line.dump());
    return kSuccess;
  }
  for (const auto& [key, value] : line.items())
    fmt::print("{:<22} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  return kSuccess;
}

}  // namespace

void add_bench_store(CLI::App& bench, std::function<int()>& chosen) {
  const auto options = std::make_shared<BenchStoreOptions>();
  CLI::App* command = bench.add_subcommand("store",
                                           "results.h5, status and report of a large sweep, made "
                                           "up: seconds and memory of the commands, "
                                           "their start included");
  command->add_option("--cells", options->cells, "Of the sweep whose results.h5 is made")
      ->check(CLI::Range(1, 10'000'000));
  command
      ->add_option("--report-cells", options->report_cells,
                   "Of the sweep that is reported, if --cells are not fewer")
      ->check(CLI::Range(1, 10'000'000));
  command->add_option("--examples", options->examples, "Test examples of each cell")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--folder", options->folder,
                      "Where the results are made, and removed at the end (default: the folder for "
                      "temporary files)");
  command->add_flag("--keep", options->keep,
                    "Leave them there: bench/page_opens.py FOLDER/report/report/index.html");
  command->add_flag("--json", options->json, "One line of JSON");
  command->footer("Example: dovetail bench store --cells 100000 --json");
  command->callback([options, &chosen] { chosen = [options] { return bench_store(*options); }; });
}

}  // namespace dovetail
