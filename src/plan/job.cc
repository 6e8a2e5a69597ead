// SPDX-License-Identifier: Apache-2.0
#include "plan/job.h"

#include "base/error.h"

namespace dovetail {

std::string to_string(JobKind kind) {
  switch (kind) {
    case JobKind::tokenizer: return "tokenizer";
    case JobKind::pretrain: return "pretrain";
    case JobKind::label: return "label";
    case JobKind::adapt: return "adapt";
    case JobKind::tune: return "tune";
    case JobKind::baseline: return "baseline";
    case JobKind::probe: return "probe";
  }
  throw std::logic_error("a job kind outside its enumeration");
}

JobKind job_kind_from(const std::string& name) {
  for (const JobKind kind : {JobKind::tokenizer, JobKind::pretrain, JobKind::label, JobKind::adapt,
                             JobKind::tune, JobKind::baseline, JobKind::probe}) {
    if (to_string(kind) == name) return kind;
  }
  throw_<DataError>(
      "unknown job kind \"{}\" (known: tokenizer, pretrain, label, adapt, tune, baseline, probe)",
      name);
}

void to_json(Json& json, const Job& job) {
  json = {{"key", job.key},
          {"kind", to_string(job.kind)},
          {"name", job.name},
          {"settings", job.settings},
          {"locations", job.locations},
          {"inputs", job.inputs},
          {"input_keys", job.input_keys},
          {"cost_seconds", job.cost_seconds}};
}

void from_json(const Json& json, Job& job) {
  json.at("key").get_to(job.key);
  job.kind = job_kind_from(json.at("kind").get<std::string>());
  json.at("name").get_to(job.name);
  job.settings = json.at("settings");
  job.locations = json.at("locations");
  json.at("inputs").get_to(job.inputs);
  json.at("input_keys").get_to(job.input_keys);
  json.at("cost_seconds").get_to(job.cost_seconds);
}

}  // namespace dovetail
