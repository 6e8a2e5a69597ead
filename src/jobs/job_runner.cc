// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_runner.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <chrono>

#include "base/run_guarded.h"
#include "jobs/adapt.h"
#include "jobs/artefacts.h"
#include "jobs/baseline.h"
#include "jobs/pretrain.h"
#include "jobs/probe.h"
#include "jobs/provenance.h"
#include "jobs/segment.h"
#include "jobs/tokenizer.h"
#include "jobs/tune.h"
#include "model/device.h"

namespace dovetail {

struct JobRunner::State {
  explicit State(RunnerOptions given)
      : options(std::move(given)),
        artefacts(options.store, device_from(options.device), options.local_disk) {}
  RunnerOptions options;
  Artefacts artefacts;
};

namespace {

Record begin_record(const Job& job, const RunnerOptions& options) {
  Record record;
  record.key = job.key;
  record.name = job.name;
  record.kind = job.kind;
  record.provenance = provenance(options.threads, options.device, precision_of(job));
  record.provenance["data_parallel_size"] = options.all_reduce ? options.all_reduce->size() : 1;
  return record;
}

void run_one_kind(std::span<const Job> group, Artefacts& artefacts, const RunnerOptions& options,
                  std::span<Record> records) {
  switch (group.front().kind) {
    case JobKind::tokenizer: return run_tokenizer(group.front(), artefacts, records.front());
    case JobKind::pretrain:
      return run_pretrain(group.front(), artefacts, options.checkpoint_seconds, options.all_reduce,
                          records.front());
    case JobKind::segment: return run_segment(group.front(), artefacts, records.front());
    case JobKind::adapt:
      return run_adapt(group.front(), artefacts, options.checkpoint_seconds, records.front());
    case JobKind::probe: return run_probe(group.front(), artefacts, records.front());
    case JobKind::baseline: return run_baseline(group.front(), artefacts, records.front());
    case JobKind::tune: return run_tune(group, artefacts, options.all_reduce, records);
  }
}

// The reason why the work failed, or "". The failure of another rank ends this job and no other.
template <typename Work>
std::string failure_of(Work work) {
  try {
    return run_guarded(work);
  } catch (const DataParallelFailure& error) {
    return error.what();
  }
}

}  // namespace

JobRunner::JobRunner(RunnerOptions options) : state_(std::make_unique<State>(std::move(options))) {}
JobRunner::~JobRunner() = default;

std::vector<Record> JobRunner::run(std::span<const Job> group) {
  const RunnerOptions& options = state_->options;
  at::set_num_threads(options.threads);  // OpenMP's count belongs to the calling thread
  std::vector<Record> records;
  for (const Job& job : group) {
    records.push_back(begin_record(job, options));
    DOVETAIL_CHECK(job.kind == group.front().kind);
  }
  DOVETAIL_CHECK(group.size() == 1 || group.front().kind == JobKind::tune);
  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = cpu_seconds();
  const std::string failure =
      failure_of([&] { run_one_kind(group, state_->artefacts, options, records); });
  // A group's cells share its cost evenly.
  const double share = 1.0 / static_cast<double>(group.size());
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  for (Record& record : records) {
    if (!failure.empty()) {
      record.status = RunStatus::failed;
      record.reason = failure;
    }
    record.cost.wall_seconds += wall.count() * share;
    record.cost.cpu_seconds = (cpu_seconds() - cpu_start) * share;
    record.cost.peak_bytes = peak_bytes();
  }
  return records;
}

}  // namespace dovetail
