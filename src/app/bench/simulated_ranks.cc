// SPDX-License-Identifier: Apache-2.0
#include "app/bench/simulated_ranks.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/cpu_time.h"

namespace dovetail {

namespace {

Clock::duration clock_duration(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

SimulatedRanks::SimulatedRanks(int size, MakeRecord make_record)
    : Communicator(0, size), make_record_(std::move(make_record)) {
  for (int rank = 1; rank < size; ++rank) arrived_.push_back({rank, kHello, {}});
}

SimulatedRanks::~SimulatedRanks() {
  if (simulates_) Clock::simulated = nullptr;
}

void SimulatedRanks::simulate_time() {
  simulates_ = true;
  Clock::simulated = &now_;
  cpu_at_jump_ = thread_cpu_seconds();
}

double SimulatedRanks::seconds() const {
  return std::chrono::duration<double>(now_.time_since_epoch()).count();
}

void SimulatedRanks::send(int destination, int tag, Bytes bytes) {
  if (tag == kShutdown) arrived_.push_back({destination, kLeave, {}});
  if (tag == kJobs) begin(destination, assignment_from({0, tag, std::move(bytes)}));
}

void SimulatedRanks::begin(int rank, const Assignment& assignment) {
  if (!simulates_) {
    Delivery delivery;
    for (const Job& job : assignment.jobs) delivery.records.push_back(make_record_(job));
    arrived_.push_back({rank, kRecords, to_message(delivery)});
    return;
  }
  Clock::time_point at = now_;
  for (const Job& job : assignment.jobs) {
    at += clock_duration(job.cost_seconds);
    ends_.push({at, rank, make_record_(job), &job == &assignment.jobs.back()});
  }
}

// While the coordinator computes, jobs go on: those that end meanwhile come together.
void SimulatedRanks::jump_to_next_end() {
  const double cpu = thread_cpu_seconds();
  now_ = std::max(ends_.top().at, now_ + clock_duration(cpu - cpu_at_jump_));
  cpu_at_jump_ = cpu;
}

std::optional<Message> SimulatedRanks::poll() {
  if (!arrived_.empty()) {
    Message message = std::move(arrived_.front());
    arrived_.pop_front();
    return message;
  }
  if (ends_.empty()) {
    round_over_ = true;
    return std::nullopt;
  }
  if (std::exchange(round_over_, false)) jump_to_next_end();
  if (ends_.top().at > now_) {
    round_over_ = true;
    return std::nullopt;
  }
  const JobEnd end = ends_.top();
  ends_.pop();
  return Message{end.rank, kRecords, to_message(Delivery{{end.record}, end.last})};
}

}  // namespace dovetail
