// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dovetail {

// What the members of a team tell each other once a step.
struct StepReport {
  double loss_sum = 0;
  int64_t computed_tokens = 0;
  bool stop = false;
  std::string failure;  // "" while well
};

// Processes that train the same thing, each on its own rows of every batch. Whatever waits throws
// CommError when a member is lost, and TeamFailure when a member ended the work.
class GradientTeam {
 public:
  GradientTeam(int rank, int size) : rank_(rank), size_(size) {}
  virtual ~GradientTeam() = default;
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Slots of these sizes are going to be summed, the same ones on every member. For each, memory
  // where its numbers had best be; or nothing at all.
  virtual std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) = 0;
  // Starts a slot's sum over the members, in place, and returns at once.
  virtual void begin_sum(size_t slot, std::span<float> numbers) = 0;
  // Waits for all sums; slots that were not begun, because of a failure here, are given up, and the
  // others learn of it by report().
  virtual void finish_sums() = 0;
  // Sums, "or"s and the first failure of all members' reports: the same on all.
  virtual StepReport report(const StepReport& mine) = 0;

 private:
  int rank_, size_;
};

// Whether this process evaluates and writes: it is alone, or the first of its team.
inline bool writes_for(const GradientTeam* team) { return team == nullptr || team->rank() == 0; }

// The reports of all members, by rank, in one.
StepReport joined_report(std::span<const StepReport> reports);

}  // namespace dovetail
