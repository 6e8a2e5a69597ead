// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/job.h"

namespace dovetail {

enum class RunStatus { finished, failed, crashed };

std::string to_string(RunStatus status);

struct Curve {
  std::vector<int64_t> steps;
  std::vector<double> values;
};

struct Cost {
  double wall_seconds = 0;
  double cpu_seconds = 0;
  int64_t train_steps = 0;
  int64_t train_tokens = 0;     // source and target tokens, without padding
  double padding_fraction = 0;  // of computed tokens
  int64_t peak_bytes = 0;       // peak resident set while the job ran
};

// The result of one job. Metrics are means over the test examples of `per_example`, or corpus-level
// scores; an example for which a metric has no evidence is NaN there and in no mean. The examples
// of a task are the same, in the same order, in every cell of the task.
struct Record {
  std::string key;
  std::string name;
  JobKind kind = JobKind::tune;
  RunStatus status = RunStatus::finished;
  std::string reason;  // of a failure, one sentence
  int64_t attempt = 1;
  std::map<std::string, double> metrics;
  std::map<std::string, std::vector<float>> per_example;
  // Of the cell's own validation examples, by metric, as `per_example` is of the test examples:
  // what may choose between cells. Cells of a task with the same seed share the examples. Empty
  // without validation.
  std::map<std::string, std::vector<float>> validation_scores;
  std::map<std::string, Curve> curves;
  std::vector<std::string> predictions;  // one a test example
  Cost cost;
  Json provenance = Json::object();  // commit, versions, host, rank, threads
};

void to_json(Json& json, const Record& record);
void from_json(const Json& json, Record& record);
void to_json(Json& json, const Cost& cost);
void from_json(const Json& json, Cost& cost);
void to_json(Json& json, const Curve& curve);
void from_json(const Json& json, Curve& curve);

// CBOR, for the journal and for messages; keeps NaN and infinity. record_from_bytes throws
// DataError for bytes that are no record.
std::vector<uint8_t> to_bytes(const Record& record);
Record record_from_bytes(const uint8_t* data, size_t size);

}  // namespace dovetail
