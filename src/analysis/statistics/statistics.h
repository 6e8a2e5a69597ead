// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Means and differences of means with intervals.
//
// The scores of a cell group form a crossed table: every seed is scored on the same test examples.
// One bootstrap resample draws the seeds with replacement and, independently, the examples with
// replacement, and takes the mean of the drawn rows over the drawn columns (the crossed, or
// "pigeonhole", bootstrap: Owen 2007, "The pigeonhole bootstrap", Annals of Applied Statistics
// 1(2)). The interval lies between percentiles of the resampled means (Efron and Tibshirani 1993,
// "An Introduction to the Bootstrap", ch. 13). Differences are paired: both groups are scored on
// the same drawn examples, and on the same drawn seeds where they have seeds in common.
//
// Few seeds: two seeds have three distinct resamples, so the spread between seeds is known badly
// and is, if anything, understated (by about half of its variance); one seed says nothing about
// seeds at all, and the interval is then about the examples only.
namespace dovetail {

// rows[s][i]: the score of seed s on test example i. Every row has the same length.
struct Scores {
  std::vector<std::string> seeds;
  std::vector<std::vector<float>> rows;

  int64_t num_items() const { return rows.empty() ? 0 : static_cast<int64_t>(rows[0].size()); }
  double mean() const;
};

// Changes the sign of every score, so that a metric of which less is better can be maximised.
void negate(Scores& scores);

struct Estimate {
  double mean = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
  int64_t items = 0;  // test examples
  int64_t seeds = 0;  // rows behind the mean; of a difference: of the group that has more of them
  double standard_error = 0;
  double degrees = 0;      // of freedom of the t interval; 0: the interval is no t interval
  bool runs_known = true;  // false: nothing tells how runs vary; the interval is of the examples
};

struct BootstrapOptions {
  int64_t resamples = 2000;
  double confidence = 0.95;
  uint64_t seed = 20240601;  // fixed, so that the same results give the same report
};

// The value below which a share `q` of the sorted values lies, between neighbours linearly (type 7
// of Hyndman and Fan 1996, numpy's default). `sorted` is not empty.
double quantile(const std::vector<double>& sorted, double q);

// The rows of the seeds that both have, in the same order; without a common seed both are
// returned whole.
std::pair<Scores, Scores> on_common_seeds(const Scores& a, const Scores& b);

// The resamples of `num_items` test examples. They are drawn once, so that every group of a task
// is looked at through the same resamples.
class Bootstrap {
 public:
  explicit Bootstrap(int64_t num_items, const BootstrapOptions& options = {});

  // `scores` has at least one row, of num_items columns.
  Estimate mean(const Scores& scores) const;
  // mean(a) - mean(b), paired.
  Estimate difference(const Scores& a, const Scores& b) const;
  // The mean in each resample. Tables with as many seeds, under the same stream, are looked at
  // through the same draws of seeds and examples.
  std::vector<double> resampled_means(const Scores& scores, const char* stream = "seeds") const;

 private:
  Estimate interval(double mean, std::vector<double> resampled) const;

  BootstrapOptions options_;
  int64_t num_items_;
  std::vector<uint16_t> counts_;  // [resample][item]: how often the item was drawn
};

}  // namespace dovetail
