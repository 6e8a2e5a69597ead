// SPDX-License-Identifier: Apache-2.0
#include "plan/record.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/cbor_cursor.h"
#include "base/error.h"

namespace dovetail {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// JSON text has no NaN and no infinity, so they are written as words; CBOR uses the same words, so
// that there is one form to read.
Json number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

double number_from(const Json& json) {
  if (!json.is_string()) return json.get<double>();
  const std::string& word = json.get_ref<const std::string&>();
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (word == "inf") return kInfinity;
  if (word == "-inf") return -kInfinity;
  throw_<DataError>("expected a number, \"nan\", \"inf\" or \"-inf\", found \"{}\"", word);
}

template <typename Number>
Json numbers(const std::vector<Number>& values) {
  Json json = Json::array();
  for (const Number value : values) json.push_back(number(value));
  return json;
}

template <typename Number>
std::vector<Number> numbers_from(const Json& json) {
  std::vector<Number> values;
  values.reserve(json.size());
  for (const Json& value : json) values.push_back(static_cast<Number>(number_from(value)));
  return values;
}

// Per-example scores are most of a record. Raw little-endian floats keep them exactly, NaN bits
// included, and are fast to read: a hundred thousand records take seconds.
static_assert(std::endian::native == std::endian::little);

Json packed(const std::vector<float>& values) {
  Json::binary_t bytes;
  bytes.resize(values.size() * sizeof(float));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return Json::binary(std::move(bytes));
}

std::vector<float> unpacked(const Json& json) {
  const Json::binary_t& bytes = json.get_binary();
  if (bytes.size() % sizeof(float) != 0) throw DataError("scores cut off within a number");
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

RunStatus run_status_from(const std::string& name) {
  for (const RunStatus status : {RunStatus::finished, RunStatus::failed, RunStatus::crashed}) {
    if (to_string(status) == name) return status;
  }
  throw_<DataError>("unknown status \"{}\" of a record", name);
}

// Everything except the per-example scores, which have two forms.
Json without_scores(const Record& record) {
  Json metrics = Json::object();
  for (const auto& [name, value] : record.metrics) metrics[name] = number(value);
  return {{"key", record.key},
          {"name", record.name},
          {"kind", to_string(record.kind)},
          {"status", to_string(record.status)},
          {"reason", record.reason},
          {"attempt", record.attempt},
          {"metrics", std::move(metrics)},
          {"curves", record.curves},
          {"predictions", record.predictions},
          {"cost", record.cost},
          {"provenance", record.provenance}};
}

void read_all_but_scores(const Json& json, Record& record) {
  json.at("key").get_to(record.key);
  json.at("name").get_to(record.name);
  record.kind = job_kind_from(json.at("kind").get<std::string>());
  record.status = run_status_from(json.at("status").get<std::string>());
  json.at("reason").get_to(record.reason);
  json.at("attempt").get_to(record.attempt);
  record.metrics.clear();
  for (const auto& [name, value] : json.at("metrics").items()) {
    record.metrics[name] = number_from(value);
  }
  json.at("curves").get_to(record.curves);
  json.at("predictions").get_to(record.predictions);
  json.at("cost").get_to(record.cost);
  record.provenance = json.at("provenance");
}

using ScoresByMetric = std::map<std::string, std::vector<float>>;

// Validation scores stand there only where there are any.
template <typename Write>
void write_scores(const Record& record, Json& json, Write write) {
  const auto all = [&](const ScoresByMetric& scores) {
    Json written = Json::object();
    for (const auto& [name, values] : scores) written[name] = write(values);
    return written;
  };
  json["per_example"] = all(record.per_example);
  if (!record.validation_scores.empty()) {
    json["validation_scores"] = all(record.validation_scores);
  }
}

template <typename Read>
void read_scores(const Json& json, Record& record, Read read) {
  const auto all = [&](const Json& written) {
    ScoresByMetric scores;
    for (const auto& [name, values] : written.items()) scores[name] = read(values);
    return scores;
  };
  record.per_example = all(json.at("per_example"));
  record.validation_scores = all(json.value("validation_scores", Json::object()));
}

}  // namespace

std::string to_string(RunStatus status) {
  switch (status) {
    case RunStatus::finished: return "finished";
    case RunStatus::failed: return "failed";
    case RunStatus::crashed: return "crashed";
  }
  throw std::logic_error("a status outside its enumeration");
}

void to_json(Json& json, const Cost& cost) {
  json = {{"wall_seconds", number(cost.wall_seconds)},
          {"cpu_seconds", number(cost.cpu_seconds)},
          {"train_steps", cost.train_steps},
          {"train_tokens", cost.train_tokens},
          {"padding_fraction", number(cost.padding_fraction)},
          {"peak_bytes", cost.peak_bytes}};
}

void from_json(const Json& json, Cost& cost) {
  cost.wall_seconds = number_from(json.at("wall_seconds"));
  cost.cpu_seconds = number_from(json.at("cpu_seconds"));
  json.at("train_steps").get_to(cost.train_steps);
  json.at("train_tokens").get_to(cost.train_tokens);
  cost.padding_fraction = number_from(json.at("padding_fraction"));
  json.at("peak_bytes").get_to(cost.peak_bytes);
}

void to_json(Json& json, const Curve& curve) {
  json = {{"steps", curve.steps}, {"values", numbers(curve.values)}};
}

void from_json(const Json& json, Curve& curve) {
  json.at("steps").get_to(curve.steps);
  curve.values = numbers_from<double>(json.at("values"));
}

void to_json(Json& json, const Record& record) {
  json = without_scores(record);
  write_scores(record, json, [](const auto& values) { return numbers(values); });
}

void from_json(const Json& json, Record& record) {
  read_all_but_scores(json, record);
  read_scores(json, record, [](const Json& values) { return numbers_from<float>(values); });
}

std::vector<uint8_t> to_bytes(const Record& record) {
  Json json = without_scores(record);
  write_scores(record, json, packed);
  return Json::to_cbor(json);
}

Record record_from_bytes(const uint8_t* data, size_t size) try {
  CborCursor({reinterpret_cast<const char*>(data), size}).skip();  // the library recurses
  const Json json = Json::from_cbor(data, data + size);
  Record record;
  read_all_but_scores(json, record);
  read_scores(json, record, unpacked);
  return record;
} catch (const Json::exception& error) {
  throw_<DataError>("{} bytes that are no record: {}", size, error.what());
}

}  // namespace dovetail
