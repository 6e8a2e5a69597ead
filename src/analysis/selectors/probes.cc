// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/probes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/statistics/cell_groups.h"
#include "base/names.h"

namespace dovetail {

namespace {

constexpr const char* kEmbedding = "task_embedding";

bool all_finite(const std::vector<float>& values) {
  return !values.empty() &&
         std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

std::vector<float> embedding_of(const Record& record) {
  const auto found = record.per_example.find(kEmbedding);
  if (found != record.per_example.end()) return found->second;
  if (!record.provenance.is_object() || !record.provenance.contains(kEmbedding)) return {};
  return record.provenance.at(kEmbedding).get<std::vector<float>>();
}

int64_t train_examples_of(const Job& job) {
  const TrainSizeSettings* size = train_size_of(job);
  return size ? size->examples : 0;
}

Probe probe_of(const Cell& cell, const Job& job, const Record& record) {
  Probe probe{
      coordinate(cell, "task"),
      {coordinate(cell, "objective"), coordinate(cell, "adaptation"), coordinate(cell, "template")},
      shots_in(cell.name),
      train_examples_of(job),
      {},
      embedding_of(record),
      coordinate(cell, "tuning")};
  if (!all_finite(probe.task_embedding)) probe.task_embedding.clear();
  for (const auto& [name, values] : record.per_example) {
    if (name != kEmbedding && all_finite(values)) probe.per_example[name] = values;
  }
  // A metric without per-example values is one observation.
  for (const auto& [name, value] : record.metrics) {
    if (std::isfinite(value)) probe.per_example.try_emplace(name, 1, static_cast<float>(value));
  }
  return probe;
}

}  // namespace

double Probe::mean(const std::string& name) const {
  const auto found = per_example.find(name);
  if (found == per_example.end()) return std::numeric_limits<double>::quiet_NaN();
  const double sum = std::accumulate(found->second.begin(), found->second.end(), 0.0);
  return sum / static_cast<double>(found->second.size());
}

int64_t shots_in(const std::string& name) {
  constexpr std::string_view kPrefix = "shots";
  for (const std::string& part : split(name, '/')) {
    if (!part.starts_with(kPrefix) || part.size() == kPrefix.size() ||
        part.size() > kPrefix.size() + 9)
      continue;
    const std::string digits = part.substr(kPrefix.size());
    if (digits.find_first_not_of("0123456789") == std::string::npos) return std::stoll(digits);
  }
  return 0;
}

std::vector<Probe> probes_of(const Plan& plan, const std::map<std::string, Record>& records) {
  std::vector<Probe> probes;
  for (const Cell& cell : plan.probes) {
    const Job& job = plan.jobs.at(static_cast<size_t>(cell.job));
    const auto found = records.find(job.key);
    if (found == records.end() || found->second.status != RunStatus::finished) continue;
    probes.push_back(probe_of(cell, job, found->second));
  }
  return probes;
}

}  // namespace dovetail
