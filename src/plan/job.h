// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/job_settings.h"
#include "plan/json.h"

namespace dovetail {

// The kinds of job, in the order of JobSettings; plan/job_settings.h describes each.
enum class JobKind { tokenizer, pretrain, segment, adapt, tune, baseline, probe };

std::string to_string(JobKind kind);
JobKind job_kind_from(const std::string& name);  // DataError for a name that is none

// The places on this machine of what the settings name by content. Part of no key.
struct JobLocations {
  std::vector<std::string> corpus;    // a name or file for each CorpusSource of the settings
  std::vector<std::string> avoid;     // a name or card for each task that a split avoids
  std::string task;                   // a card; "": the task's name is in the catalogue
  std::string checkpoint;             // a folder, of the objective "checkpoint"
  std::string vocabulary_file;        // of a vocabulary of type file
  std::string pairs;                  // a file or folder, of the objective "supervised"
  std::string lexicon;                // a name, or a file
  std::string pool;                   // a file, of a pool from a file
  std::vector<std::string> transfer;  // as `task`, of each of TuneJob::transfer
  Json adapters;  // by parameter of the tuning: the folder of a saved adapter, or a list of them
};

// A node of the sweep's graph. The key hashes kind, settings and the keys of the inputs.
struct Job {
  std::string key;  // 32 hexadecimal digits
  JobKind kind = JobKind::tune;
  std::string name;      // slash name; of a tune or baseline job: the cell's name
  JobSettings settings;  // of `kind`
  JobLocations locations;
  std::vector<int64_t> inputs;  // indices into Plan::jobs, all smaller than this job's own
  std::vector<std::string> input_keys;
  double cost_seconds = 0;  // estimate, one thread
  // Tune jobs with the same text here train around one frozen model and may share their passes;
  // empty: this one runs alone. Part of no key.
  std::string sharing = {};
  // Jobs with the same text here begin by reading the same large things (a model): a rank that had
  // one gets the next, of jobs that are about as urgent. Part of no key.
  std::string affinity = {};
  double group_bytes = 0;  // estimate of what one with a sharing adds to the memory of its group
  // Of a pre-training, estimates: steps and what they spend, under the names of the record's
  // metrics (plan/spending.h). Empty: unknown. Part of no key.
  std::map<std::string, double> spending = {};
};

// The kind of job that the settings are of; std::logic_error for a job without settings.
JobKind kind_of(const JobSettings& settings);

// The settings as hashed into the key and written to plan.json; null for a job without settings.
Json settings_json(const JobSettings& settings);

// The settings of a job that must be of that kind: settings_of<TuneJob>(job). std::logic_error for
// another kind.
template <typename Settings>
const Settings& settings_of(const Job& job) {
  if (const Settings* settings = std::get_if<Settings>(&job.settings)) return *settings;
  throw std::logic_error("job " + job.name + " of kind " + to_string(job.kind) +
                         " has settings of another kind");
}

// The training subset's size that a tune or probe job tunes on; null for other kinds.
const TrainSizeSettings* train_size_of(const Job& job);

// The precision that a job trains in; "float32" for jobs that train no model.
std::string precision_of(const Job& job);

// The precision that a job generates and scores answers in; "" for jobs that do not.
std::string evaluation_precision_of(const Job& job);

void to_json(Json& json, const Job& job);
void from_json(const Json& json, Job& job);
void to_json(Json& json, const JobLocations& locations);
void from_json(const Json& json, JobLocations& locations);

}  // namespace dovetail
