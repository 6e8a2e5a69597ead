// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/made_up.h"
#include "base/random.h"

// Sweeps of right-or-wrong answers whose truth is known: bench/coverage, and the test that watches
// over it.
//
// An example of a task is right with its own probability, beta(0.9, 2.1) distributed: mean 0.3. A
// trained run moves the probabilities of all examples by its own luck, a seed by what it does to
// all cells of a task.
namespace dovetail::simulated {

struct Setting {
  double run_sd = 0;
  int64_t seeds = 2, examples = 300, tasks = 1;
  int64_t cells = 8;   // of a task
  double seed_sd = 0;  // of what a seed does to all cells of a task
};

// Draws of the distributions that a sweep needs, from the project's own generator.
class Draws {
 public:
  explicit Draws(uint64_t seed) : rng_(seed) {}

  double uniform() { return rng_.uniform(); }
  size_t below(size_t count) { return rng_.below(count); }
  double normal();
  double exponential();
  double beta(double a, double b);  // Jöhnk 1964

 private:
  Rng rng_;
};

// A plan with the records of its cells, filled anew for each sweep. The cells of a task have the
// templates "c0", "c1", ...; the first `none` of them start from random weights.
class Sweep {
 public:
  explicit Sweep(const Setting& setting, int64_t none = 0);
  Sweep(const Sweep&) = delete;  // groups point into it

  // `lift[task][cell]` is added to the probabilities; empty: nothing differs.
  void draw(Draws& draws, const std::vector<std::vector<double>>& lift = {});

  made_up::Results results{"simulated"};

 private:
  Setting setting_;
  std::vector<double> chances_;    // examples to draw from: their distribution is dear to compute
  std::vector<std::string> keys_;  // [task][cell][seed]
};

// Two objectives of which neither is better, with one cell on each task and seed. Each seed starts
// from a run of pre-training of its own, with its own luck on all tasks; so many runs are there.
made_up::Results sweep_of_checkpoints(Draws& draws, int64_t tasks, int64_t replicates,
                                      double checkpoint_sd);

// The mean score of a cell, without lift: the mean of the clipped probabilities.
double mean_score(const Setting& setting, Draws& draws, int64_t count = 400'000);

}  // namespace dovetail::simulated
