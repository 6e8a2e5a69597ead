// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "plan/json.h"

namespace dovetail {

// tokenizer: trains or fetches the vocabulary. pretrain: text + objective -> checkpoint.
// label: sentences -> cut, grouped rows. adapt: a checkpoint and rows -> another checkpoint.
// tune: one cell. baseline: a cell without training (most_frequent, copy, untuned).
// probe: what selectors look at, measured on training examples.
enum class JobKind { tokenizer, pretrain, label, adapt, tune, baseline, probe };

std::string to_string(JobKind kind);
JobKind job_kind_from(const std::string& name);

// A node of the sweep's graph. `settings` decides the result and is hashed into `key` together
// with the keys of the inputs; `locations` says where this machine keeps the things that the
// settings name by content (checkpoint folders, data files) and is never part of a key.
struct Job {
  std::string key;  // 32 hexadecimal digits
  JobKind kind = JobKind::tune;
  std::string name;  // slash name; of a tune or baseline job: the cell's name
  Json settings;     // see plan/settings.h for its parts
  Json locations = Json::object();
  std::vector<int64_t> inputs;  // indices into Plan::jobs, all smaller than this job's own
  std::vector<std::string> input_keys;
  double cost_seconds = 0;  // estimate, one thread
};

void to_json(Json& json, const Job& job);
void from_json(const Json& json, Job& job);

}  // namespace dovetail
