// SPDX-License-Identifier: Apache-2.0
// Time of the coordinator for a job: rank 0 among made-up ranks that finish a job the moment they
// get it, so that the coordinator never waits. Prints a line of JSON for empty records and one for
// records as of a tune job: 200 test examples, 3 metrics.
//   driver_bench [JOBS] [RANKS] [FOLDER]     FOLDER: where the journal is written
#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <functional>

#include "driver/driver.h"
#include "driver/made_up.h"
#include "driver/messages.h"

namespace {

using namespace dovetail;

using MakeRecord = std::function<Record(const Job&)>;

Record tune_record(const Job& job) {
  Record record = made_up::finished(job);
  for (const char* metric : {"rouge_l", "exact_match", "loss"}) {
    record.metrics[metric] = 0.5;
    record.per_example[metric].assign(200, 0.5f);
  }
  record.predictions.assign(200, "a word or two");
  return record;
}

class InstantRanks final : public Communicator {
 public:
  InstantRanks(int size, MakeRecord make_record)
      : Communicator(0, size), make_record_(std::move(make_record)) {
    for (int rank = 1; rank < size; ++rank) arrived_.push_back({rank, kHello, {}});
  }

  void send(int destination, int tag, Bytes bytes) override {
    if (tag == kShutdown) arrived_.push_back({destination, kLeave, {}});
    if (tag != kJobs) return;
    const Assignment assignment = assignment_from({0, tag, std::move(bytes)});
    arrived_.push_back(
        {destination, kRecords, to_message(Delivery{{make_record_(assignment.jobs[0])}})});
  }
  std::optional<Message> poll() override {
    if (arrived_.empty()) return std::nullopt;
    Message message = std::move(arrived_.front());
    arrived_.pop_front();
    return message;
  }
  bool is_dead(int) override { return false; }

 private:
  MakeRecord make_record_;
  std::deque<Message> arrived_;
};

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The ranks' own part, which is measured with the coordinator's: reading a job, writing a record.
double rank_seconds_a_job(const Plan& plan, const MakeRecord& make_record) {
  constexpr int kTimes = 2000;
  const Bytes job = to_message(Assignment{{plan.jobs[0]}, {1}});
  const double start = thread_seconds();
  for (int i = 0; i < kTimes; ++i) {
    const Assignment assignment = assignment_from({0, kJobs, job});
    to_message(Delivery{{make_record(assignment.jobs[0])}});
  }
  return (thread_seconds() - start) / kTimes;
}

bool measure(const std::string& records, const MakeRecord& make_record, const Plan& plan,
             int num_ranks, const std::string& parent) {
  const made_up::Folder folder(parent);
  Journal journal(folder.path());
  InstantRanks ranks(num_ranks, make_record);
  const RunGroup own = [&](std::span<const Job> group) {
    return std::vector{make_record(group[0])};
  };

  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = thread_seconds();
  const RunSummary summary = coordinate(ranks, plan, journal, own, {});
  const double cpu = thread_seconds() - cpu_start;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;

  const double jobs = static_cast<double>(summary.finished);
  const double of_ranks = rank_seconds_a_job(plan, make_record);
  fmt::print("{}\n", Json{{"bench", "driver"},
                          {"records", records},
                          {"jobs", summary.finished},
                          {"ranks", num_ranks},
                          {"journal", parent},
                          {"coordinator_cpu_us_a_job", 1e6 * (cpu / jobs - of_ranks)},
                          {"wall_us_a_job", 1e6 * wall.count() / jobs}}
                         .dump());
  return summary.finished == summary.total;
}

}  // namespace

int main(int argc, char** argv) {
  const int num_jobs = argc > 1 ? std::atoi(argv[1]) : 2'000;
  const int num_ranks = argc > 2 ? std::atoi(argv[2]) : 256;
  const std::string parent = argc > 3 ? argv[3] : std::filesystem::temp_directory_path().string();
  const Plan plan = made_up::tree(10, std::max(1, num_jobs / 10 - 1));
  const bool all = measure("empty", made_up::finished, plan, num_ranks, parent) &&
                   measure("tune", tune_record, plan, num_ranks, parent);
  return all ? 0 : 1;
}
