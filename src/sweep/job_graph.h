// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/job.h"
#include "sweep/sweep_data.h"

namespace dovetail {

// The jobs of a sweep, each under its content key. Equal jobs are one job, under the name that was
// asked for first. start_jobs.h, adaptation_jobs.h, cell_jobs.h and probe_jobs.h add the jobs.
class JobGraph {
 public:
  JobGraph(const Sweep& sweep, DataInspector& inspector) : sweep_(sweep), data_(sweep, inspector) {}

  const Sweep& sweep() const { return sweep_; }
  SweepData& data() { return data_; }

  // Adds a job whose inputs are in the graph; sets its kind and keys. Returns its index.
  int64_t add(Job job);

  const Job& job(int64_t index) const { return jobs_.at(index); }

  std::vector<Job> take() { return std::move(jobs_); }

 private:
  const Sweep& sweep_;
  SweepData data_;
  std::vector<Job> jobs_;
  std::map<std::string, int64_t> by_key_;
};

}  // namespace dovetail
