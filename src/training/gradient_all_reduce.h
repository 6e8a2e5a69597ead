// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dovetail {

// The report of a data-parallel rank to the others at the end of a step.
struct StepReport {
  double loss_sum = 0;
  int64_t computed_tokens = 0;
  bool stop = false;    // the rank was asked to stop
  std::string failure;  // why the step failed; "" on success
};

// Combines the reports of all ranks, by rank: sums, "or"s, and the first failure.
StepReport reduced_report(std::span<const StepReport> reports);

// The all-reduce of gradients over a data-parallel group: processes that train the same model, each
// on its own rows of every batch. Training knows no MPI; the implementation comes from outside.
// A blocked call throws CommError when another rank has died, and DataParallelFailure when another
// rank has ended the common work.
class GradientAllReduce {
 public:
  GradientAllReduce(int rank, int size) : rank_(rank), size_(size) {}
  virtual ~GradientAllReduce() = default;
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Begins a round over slots of these sizes (floats), the same on every rank. Returns, for each
  // slot, the memory where its numbers are best put; or an empty vector.
  virtual std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) = 0;

  // Starts the all-reduce of a slot, in place, and returns at once.
  virtual void all_reduce_async(size_t slot, std::span<float> numbers) = 0;

  // Waits for all slots of the round. Slots that this rank did not start, because it failed, are
  // abandoned; the other ranks learn of it from the report.
  virtual void wait() = 0;

  // Returns the reduced report of all ranks, the same on each.
  virtual StepReport all_reduce_report(const StepReport& mine) = 0;

 private:
  int rank_, size_;
};

// Whether this process evaluates and writes: it trains alone, or it is the first of its group.
inline bool writes_results(const GradientAllReduce* group) {
  return group == nullptr || group->rank() == 0;
}

}  // namespace dovetail
