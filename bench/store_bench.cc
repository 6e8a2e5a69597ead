// SPDX-License-Identifier: Apache-2.0
// How long results.h5 takes to be made again from a journal, and whether it is the same file.
//   store_bench [CELLS=100000] [EXAMPLES=50] [FOLDER=a temporary one]
#include <chrono>
#include <ctime>
#include <iostream>
#include <thread>

#include "store/journal.h"
#include "store/journal_frames.h"
#include "store/results.h"
#include "store/store_fixture.h"
#include "store/sweep_status.h"

namespace {

using namespace dovetail;
namespace fs = std::filesystem;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <typename Body>
double timed(Body body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return seconds_since(start);
}

// Without an fsync a record, which would take most of an hour: the reading is what is measured.
void write_journal(const fs::path& folder, const Plan& plan, int64_t num_examples) {
  fs::create_directories(folder / "journal");
  std::FILE* file = std::fopen((folder / "journal" / "journal.bin").c_str(), "wb");
  for (const Job& job : plan.jobs) {
    const std::vector<uint8_t> bytes = to_bytes(finished_record(job, num_examples));
    const std::string frame =
        frame_bytes(FrameType::record, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    std::fwrite(frame.data(), 1, frame.size(), file);
  }
  std::fclose(file);
}

}  // namespace

int main(int count, char** arguments) {
  const int64_t num_cells = count > 1 ? std::stoll(arguments[1]) : 100000;
  const int64_t num_examples = count > 2 ? std::stoll(arguments[2]) : 50;
  const TemporaryFolder temporary;
  const fs::path folder = count > 3 ? fs::path(arguments[3]) : temporary.path();
  const Plan made = grid_plan({.objectives = 5,
                               .tasks = 10,
                               .templates = 5,
                               .tunings = 4,
                               .train_sizes = 10,
                               .seeds = std::max<int64_t>(1, num_cells / 10000)});
  write_plan(folder, made);
  write_journal(folder, made, num_examples);

  Plan plan;
  std::map<std::string, Record> records;
  Json times;
  const std::clock_t cpu_start = std::clock();
  times["read_plan_seconds"] = timed([&] { plan = read_plan(folder); });
  times["read_journal_seconds"] = timed([&] { records = read_journal(folder); });
  times["write_results_seconds"] = timed([&] { write_results(folder / "a.h5", plan, records); });
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  write_results(folder / "b.h5", made, records);
  const double total = times["read_plan_seconds"].get<double>() +
                       times["read_journal_seconds"].get<double>() +
                       times["write_results_seconds"].get<double>();

  Journal journal(folder);
  constexpr int kAppends = 200;
  const double append = timed([&] {
    for (int i = 0; i < kAppends; ++i) journal.append(finished_record(plan.jobs[i], num_examples));
  });
  const Json report = {
      {"bench", "store"},
      {"cells", plan.cells.size()},
      {"examples_per_cell", num_examples},
      {"cores", std::thread::hardware_concurrency()},
      {"journal_bytes", fs::file_size(folder / "journal" / "journal.bin")},
      {"results_bytes", fs::file_size(folder / "a.h5")},
      {"times", times},
      {"rebuild_seconds", total},
      {"rebuild_cpu_seconds", cpu_seconds},
      {"append_microseconds", append / kAppends * 1e6},
      {"byte_identical", file_hash(folder / "a.h5") == file_hash(folder / "b.h5")}};
  std::cout << report.dump(2) << "\n";
}
