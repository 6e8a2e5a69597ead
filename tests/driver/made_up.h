// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/hash.h"
#include "plan/plan.h"
#include "plan/record.h"

// Plans of made-up jobs, for the driver's tests and its benchmark.
namespace dovetail::made_up {

inline Job job(const std::string& name, double cost, std::vector<int64_t> inputs = {}) {
  Job job;
  job.key = content_hash(name);
  job.name = name;
  job.inputs = std::move(inputs);
  job.cost_seconds = cost;
  return job;
}

inline Plan plan(std::vector<Job> jobs) {
  Plan plan;
  plan.sweep_name = "made-up";
  for (Job& job : jobs) {
    for (const int64_t input : job.inputs) job.input_keys.push_back(jobs[input].key);
  }
  plan.jobs = std::move(jobs);
  return plan;
}

// One tokenizer, `width` pretrain jobs that need it, and `depth` tune jobs that need each of those.
inline Plan tree(int width, int depth) {
  std::vector<Job> jobs = {job("tokenizer", 1)};
  for (int i = 0; i < width; ++i) {
    const auto pretrain = static_cast<int64_t>(jobs.size());
    jobs.push_back(job("pretrain" + std::to_string(i), 5, {0}));
    for (int k = 0; k < depth; ++k) {
      jobs.push_back(job("tune" + std::to_string(i) + "." + std::to_string(k), 1 + k, {pretrain}));
    }
  }
  return plan(std::move(jobs));
}

inline Record finished(const Job& job) {
  Record record;
  record.key = job.key;
  record.name = job.name;
  record.kind = job.kind;
  record.metrics["one"] = 1;
  return record;
}

// A folder of its own, removed at the end.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "dovetail-driver-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace dovetail::made_up
