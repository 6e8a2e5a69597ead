// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/made_up.h"

// Small sweeps whose right advice is plain, for the tests of decisions and of their words. All are
// of task "t" with all training examples, and have two seeds that answer alike.
namespace dovetail::made_up {

inline std::vector<float> flat_scores(float score, size_t count) {
  return std::vector<float>(count, score);
}

// 1 on the examples from `first` up to `last`, else 0.
inline std::vector<float> right_from(size_t first, size_t last, size_t count) {
  std::vector<float> scores(count, 0.0F);
  for (size_t i = first; i < last; ++i) scores[i] = 1.0F;
  return scores;
}

inline void add_cells(Results& r, const char* objective, const std::vector<float>& scores,
                      double seconds) {
  for (const char* seed : {"1", "2"})
    r.add({objective, "t", "mapping", "full", "all", seed}, scores, seconds);
}

inline void add_baseline(Results& r, const char* name, const std::vector<float>& scores,
                         double seconds = 0.1) {
  r.add({"", "t", "", "", "", ""}, scores, seconds, name);
}

// Prefix LM beats random start and both baselines by far.
inline Results best_cells_win() {
  Results r;
  add_cells(r, "none", flat_scores(0.3F, 200), 10);
  add_cells(r, "prefix_lm", flat_scores(0.8F, 200), 100);
  add_baseline(r, "most_frequent", flat_scores(0.1F, 200));
  add_baseline(r, "copy", flat_scores(0.0F, 200));
  return r;
}

// Most frequent 0.5 beats the cells (0.25), which beat copy (0); copy took the least time.
inline Results a_baseline_is_better() {
  Results r;
  add_cells(r, "prefix_lm", flat_scores(0.25F, 200), 100);
  add_baseline(r, "most_frequent", flat_scores(0.5F, 200), 0.002);
  add_baseline(r, "copy", flat_scores(0.0F, 200), 0.001);
  return r;
}

// 201 and 200 of 400 right, on the same examples but one: a lead of 0.0025 with a standard error of
// 0.05 / 20, and so an interval of +-0.005.
inline Results no_difference() {
  Results r;
  add_cells(r, "prefix_lm", right_from(0, 201, 400), 100);
  add_baseline(r, "copy", right_from(0, 200, 400));
  return r;
}

// One example in a hundred is right.
inline Results nothing_works() {
  Results r;
  add_cells(r, "prefix_lm", right_from(0, 1, 100), 100);
  add_baseline(r, "most_frequent", flat_scores(0.0F, 100));
  add_baseline(r, "copy", flat_scores(0.0F, 100), 0.001);
  return r;
}

// 30 and 20 of 100 right, on different examples. The differences have mean 0.1 and variance
// 0.5 - 0.01, so the interval reaches 1.96 x 0.07 to both sides.
inline Results too_few_examples() {
  Results r;
  add_cells(r, "prefix_lm", right_from(0, 30, 100), 100);
  add_baseline(r, "copy", right_from(30, 50, 100));
  return r;
}

// Only cells of one objective, no baseline.
inline Results nothing_to_compare_with() {
  Results r;
  add_cells(r, "prefix_lm", flat_scores(0.5F, 200), 100);
  return r;
}

}  // namespace dovetail::made_up
