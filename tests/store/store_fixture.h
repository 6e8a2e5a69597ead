// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// A folder that is gone when the test is over; in memory where the system has such a place, since
// these tests fsync thousands of times.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = std::filesystem::is_directory(memory);
    std::string name =
        ((in_memory ? memory : std::filesystem::temp_directory_path()) / "store_test.XXXXXX")
            .string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The grid, one row of every axis filled in, with a vocabulary, a pre-training for each objective,
// and the baselines most_frequent (task, train_size, seed) and copy (task).
struct GridSizes {
  int64_t objectives = 2, tasks = 2, templates = 2, tunings = 1, train_sizes = 2, seeds = 2;
};

inline int64_t add_job(Plan& plan, JobKind kind, const std::string& name,
                       std::vector<int64_t> inputs) {
  Job job{
      .key = content_hash(name), .kind = kind, .name = name, .inputs = inputs, .cost_seconds = 2};
  for (const int64_t input : inputs) job.input_keys.push_back(plan.jobs[input].key);
  plan.jobs.push_back(job);
  return std::ssize(plan.jobs) - 1;
}

inline std::vector<std::string> labels_of(const std::string& prefix, int64_t count) {
  std::vector<std::string> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(fmt::format("{}{}", prefix, i));
  return labels;
}

inline Plan grid_plan(const GridSizes& sizes) {
  Plan plan{
      .sweep_name = "grid", .sweep_hash = "0123456789abcdef", .sweep_text = "name = \"grid\"\n"};
  plan.metrics = {"rouge_l", "loss"};
  plan.axis_labels = {{"objective", labels_of("objective", sizes.objectives)},
                      {"task", labels_of("task", sizes.tasks)},
                      {"template", labels_of("template", sizes.templates)},
                      {"tuning", labels_of("tuning", sizes.tunings)},
                      {"train_size", labels_of("size", sizes.train_sizes)},
                      {"seed", labels_of("", sizes.seeds)}};
  const int64_t tokenizer = add_job(plan, JobKind::tokenizer, "vocabulary", {});
  for (const std::string& o : plan.axis_labels["objective"]) {
    const int64_t pretrain = add_job(plan, JobKind::pretrain, "pretrain/" + o, {tokenizer});
    for (const std::string& t : plan.axis_labels["task"])
      for (const std::string& p : plan.axis_labels["template"])
        for (const std::string& u : plan.axis_labels["tuning"])
          for (const std::string& n : plan.axis_labels["train_size"])
            for (const std::string& s : plan.axis_labels["seed"]) {
              const std::string name = fmt::format("grid/{}/{}/{}/{}/{}/seed{}", o, t, p, u, n, s);
              plan.cells.push_back({name,
                                    {o, "", t, p, u, n, s},
                                    "",
                                    add_job(plan, JobKind::tune, name, {pretrain})});
            }
  }
  for (const std::string& t : plan.axis_labels["task"]) {
    for (const std::string& n : plan.axis_labels["train_size"])
      for (const std::string& s : plan.axis_labels["seed"]) {
        const std::string name = fmt::format("grid/baseline/most_frequent/{}/{}/seed{}", t, n, s);
        plan.cells.push_back({name,
                              {"", "", t, "", "", n, s},
                              "most_frequent",
                              add_job(plan, JobKind::baseline, name, {})});
      }
    const std::string name = "grid/baseline/copy/" + t;
    plan.cells.push_back(
        {name, {"", "", t, "", "", "", ""}, "copy", add_job(plan, JobKind::baseline, name, {})});
  }
  return plan;
}

// A finished record of the job: scores drawn from the job's key, so any reader can make them again.
inline Record finished_record(const Job& job, int64_t num_examples = 3) {
  Record record{.key = job.key, .name = job.name, .kind = job.kind};
  Rng rng(hash64(job.key));
  record.cost.wall_seconds = 1 + rng.uniform();
  record.cost.train_tokens = static_cast<int64_t>(rng.below(100000));
  record.provenance = {{"commit", "abc"}, {"host", "node"}, {"rank", rng.below(2)}};
  record.curves["train_loss"] = {{1, 2}, {rng.uniform() + 2, rng.uniform() + 1}};
  if (job.kind == JobKind::tokenizer || job.kind == JobKind::pretrain) return record;
  std::vector<float>& scores = record.per_example["rouge_l"];
  double sum = 0;
  for (int64_t i = 0; i < num_examples; ++i) {
    scores.push_back(static_cast<float>(rng.uniform()));
    sum += scores.back();
    record.predictions.push_back(i % 3 == 1 ? "" : fmt::format("größe {}", rng.below(50)));
  }
  record.per_example["loss"] = std::vector<float>(scores.size(), 0.5f);
  record.metrics = {{"rouge_l", sum / static_cast<double>(num_examples)}, {"loss", 0.5}};
  return record;
}

inline Record failed_record(const Job& job, const std::string& reason) {
  Record record{.key = job.key,
                .name = job.name,
                .kind = job.kind,
                .status = RunStatus::failed,
                .reason = reason};
  record.metrics["rouge_l"] =
      0.25;  // what a failed job measured before it failed counts for nothing
  return record;
}

// A record of some 700 bytes.
inline Record cell_record(const std::string& key, RunStatus status = RunStatus::finished) {
  Record record{.key = key, .name = "sweep/" + key};
  record.status = status;
  record.per_example["rouge_l"] = std::vector<float>(100, 0.5F);
  return record;
}

inline std::map<std::string, Record> all_finished(const Plan& plan) {
  std::map<std::string, Record> records;
  for (const Job& job : plan.jobs) records[job.key] = finished_record(job);
  return records;
}

}  // namespace dovetail
