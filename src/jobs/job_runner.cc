// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_runner.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <chrono>

#include "base/memory.h"
#include "base/run_guarded.h"
#include "jobs/adapt.h"
#include "jobs/artefacts.h"
#include "jobs/baseline.h"
#include "jobs/memory_retry.h"
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
  const std::string evaluation = evaluation_precision_of(job);
  if (!evaluation.empty()) record.provenance["evaluation_precision"] = evaluation;
  record.provenance["data_parallel_size"] = options.all_reduce ? options.all_reduce->size() : 1;
  return record;
}

void run_one_kind(std::span<const Job> group, Artefacts& artefacts, const RunnerOptions& options,
                  std::span<Record> records, const TuneEvents& events) {
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
    case JobKind::tune: return run_tune(group, artefacts, options.all_reduce, records, events);
  }
}

// What the work since the last reading took.
class Meter {
 public:
  Cost read() {
    const auto now = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    Cost cost;
    cost.wall_seconds = std::chrono::duration<double>(now - wall_).count();
    cost.cpu_seconds = cpu - cpu_;
    wall_ = now;
    cpu_ = cpu;
    return cost;
  }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_seconds();
};

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

void JobRunner::run(std::span<const Job> group, const RecordSink& done) {
  at::set_num_threads(state_->options.threads);  // OpenMP's count belongs to the calling thread
  // what a data-parallel group does again, its ranks do together
  if (state_->options.all_reduce != nullptr) return run_once(group, done);
  run_with_memory_retry(
      group, [this](auto jobs, const RecordSink& one_done) { run_once(jobs, one_done); }, done);
}

void JobRunner::run_once(std::span<const Job> group, const RecordSink& done) {
  const RunnerOptions& options = state_->options;
  std::vector<Record> records;
  for (const Job& job : group) {
    records.push_back(begin_record(job, options));
    DOVETAIL_CHECK(job.kind == group.front().kind);
  }
  DOVETAIL_CHECK(group.size() == 1 || group.front().kind == JobKind::tune);
  forget_peak();
  Meter meter;
  Cost shared;  // of training and test, which the cells share evenly
  std::vector<bool> handed_over(group.size(), false);
  const auto hand_over = [&](size_t i) {
    const double share = 1.0 / static_cast<double>(group.size());
    const Cost own = meter.read();
    Cost& cost = records[i].cost;
    cost.wall_seconds += own.wall_seconds + shared.wall_seconds * share;
    cost.cpu_seconds = own.cpu_seconds + shared.cpu_seconds * share;
    cost.peak_bytes = peak_bytes();
    handed_over[i] = true;
    done(i, std::move(records[i]));
  };
  const TuneEvents events{.on_shared = [&] { shared = meter.read(); }, .on_done = hand_over};
  const std::string failure =
      failure_of([&] { run_one_kind(group, state_->artefacts, options, records, events); });
  for (size_t i = 0; i < group.size(); ++i) {
    if (handed_over[i]) continue;
    if (!failure.empty()) {
      records[i].status = RunStatus::failed;
      records[i].reason = failure;
    }
    hand_over(i);
  }
}

}  // namespace dovetail
