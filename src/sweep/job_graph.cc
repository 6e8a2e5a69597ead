// SPDX-License-Identifier: Apache-2.0
#include "sweep/job_graph.h"

#include "base/hash.h"
#include "plan/plan.h"

namespace dovetail {

namespace {

// The JSON library sorts keys and prints numbers in their shortest exact form, so that equal
// settings have one text.
std::string key_of(const Job& job) {
  const Json content = {{"kind", to_string(job.kind)},
                        {"settings", settings_json(job.settings)},
                        {"input_keys", job.input_keys},
                        {"result_version", kResultVersion}};
  return content_hash(content.dump());
}

}  // namespace

int64_t JobGraph::add(Job job) {
  job.kind = kind_of(job.settings);
  for (const int64_t input : job.inputs) job.input_keys.push_back(jobs_.at(input).key);
  job.key = key_of(job);
  const auto [place, is_new] = by_key_.emplace(job.key, jobs_.size());
  if (is_new) jobs_.push_back(std::move(job));
  return place->second;
}

}  // namespace dovetail
