// SPDX-License-Identifier: Apache-2.0
// Time of the coordinator for a job: rank 0 among made-up ranks that finish a job the moment they
// get it, so that the coordinator never waits. Prints JSON.
//   driver_bench [JOBS] [RANKS] [FOLDER]     FOLDER: where the journal is written
#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <cstdlib>
#include <deque>

#include "driver/driver.h"
#include "driver/made_up.h"
#include "driver/messages.h"

namespace {

using namespace dovetail;

class InstantRanks final : public Communicator {
 public:
  explicit InstantRanks(int size) : Communicator(0, size) {
    for (int rank = 1; rank < size; ++rank) arrived_.push_back({rank, kHello, {}});
  }

  void send(int destination, int tag, Bytes bytes) override {
    if (tag == kEnd) arrived_.push_back({destination, kLeave, {}});
    if (tag != kJobs) return;
    const Assignment assignment = assignment_from({0, tag, std::move(bytes)});
    arrived_.push_back({destination, kRecords,
                        to_message(std::vector{record_of(assignment.jobs[0])})});
  }
  std::optional<Message> poll() override {
    if (arrived_.empty()) return std::nullopt;
    Message message = std::move(arrived_.front());
    arrived_.pop_front();
    return message;
  }
  bool gone(int) override { return false; }

  // About as large as a tune job's: 200 test examples, 3 metrics.
  static Record record_of(const Job& job) {
    Record record = made_up::finished(job);
    for (const char* metric : {"rouge_l", "exact_match", "loss"}) {
      record.metrics[metric] = 0.5;
      record.per_example[metric].assign(200, 0.5f);
    }
    record.predictions.assign(200, "a word or two");
    return record;
  }

 private:
  std::deque<Message> arrived_;
};

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The ranks' own part, which is measured with the coordinator's: reading the job, writing a record.
double rank_seconds_a_job(const Plan& plan) {
  constexpr int kTimes = 2000;
  const double start = thread_seconds();
  for (int i = 0; i < kTimes; ++i) {
    const Assignment assignment = assignment_from({0, kJobs, to_message(Assignment{{plan.jobs[0]}, {1}})});
    to_message(std::vector{InstantRanks::record_of(assignment.jobs[0])});
  }
  return (thread_seconds() - start) / kTimes;
}

}  // namespace

int main(int argc, char** argv) {
  const int num_jobs = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const int num_ranks = argc > 2 ? std::atoi(argv[2]) : 256;
  const made_up::Folder folder(argc > 3 ? argv[3] : std::filesystem::temp_directory_path().string());
  const Plan plan = made_up::tree(10, std::max(1, num_jobs / 10 - 1));
  Journal journal(folder.path());
  InstantRanks ranks(num_ranks);
  const RunGroup own = [](std::span<const Job> group) {
    return std::vector<Record>{InstantRanks::record_of(group[0])};
  };

  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = thread_seconds();
  const RunSummary summary = coordinate(ranks, plan, journal, own, {});
  const double cpu = thread_seconds() - cpu_start;
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const double jobs = static_cast<double>(summary.finished);
  fmt::print("{}\n", Json{{"bench", "driver"},
                          {"jobs", summary.finished},
                          {"ranks", num_ranks},
                          {"wall_us_a_job", 1e6 * wall / jobs},
                          {"cpu_us_a_job", 1e6 * cpu / jobs},
                          {"of_it_ranks_us", 1e6 * rank_seconds_a_job(plan)}}
                         .dump());
  return summary.finished == summary.total ? 0 : 1;
}
