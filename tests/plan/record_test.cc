// SPDX-License-Identifier: Apache-2.0
#include "plan/record.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Record awkward_record() {
  Record record{.key = "0123", .name = "s/none/t", .kind = JobKind::baseline};
  record.status = RunStatus::failed;
  record.reason = "loss became NaN in step 3";
  record.attempt = 2;
  record.metrics = {{"loss", kNan}, {"perplexity", kInf}, {"rouge_l", 0.1 + 0.2}, {"low", -kInf}};
  record.per_example["loss"] = {0.1f, std::numeric_limits<float>::quiet_NaN(),
                                std::numeric_limits<float>::denorm_min(), -0.0f};
  record.per_example["empty"] = {};
  record.validation_scores["rouge_l"] = {0.5f, 0.1f};
  record.curves["loss"] = {{1, 1000000007}, {kNan, 1e-300}};
  record.predictions = {"", "caf\xc3\xa9", std::string("a\0b", 3), "bad \xff byte"};
  record.cost = {.wall_seconds = 1.5,
                 .train_steps = 40,
                 .padding_fraction = kNan,
                 .peak_bytes = int64_t{1} << 40};
  record.provenance = {{"rank", 3}};
  return record;
}

void expect_same(const Record& a, const Record& b) {
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.attempt, b.attempt);
  EXPECT_EQ(a.predictions, b.predictions);
  EXPECT_EQ(a.provenance, b.provenance);
  EXPECT_EQ(a.cost.wall_seconds, b.cost.wall_seconds);
  EXPECT_EQ(a.cost.train_steps, b.cost.train_steps);
  EXPECT_EQ(a.cost.peak_bytes, b.cost.peak_bytes);
  EXPECT_TRUE(std::isnan(b.cost.padding_fraction));
  ASSERT_EQ(a.metrics.size(), b.metrics.size());
  for (const auto& [name, value] : a.metrics) {
    const double other = b.metrics.at(name);
    EXPECT_TRUE(value == other || (std::isnan(value) && std::isnan(other))) << name;
  }
  ASSERT_EQ(a.per_example.size(), b.per_example.size());
  for (const auto& [name, values] : a.per_example) {
    const std::vector<float>& others = b.per_example.at(name);
    ASSERT_EQ(values.size(), others.size());
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(std::bit_cast<uint32_t>(values[i]), std::bit_cast<uint32_t>(others[i])) << name;
    }
  }
  EXPECT_EQ(a.validation_scores, b.validation_scores);
  EXPECT_EQ(a.curves.at("loss").steps, b.curves.at("loss").steps);
  EXPECT_TRUE(std::isnan(b.curves.at("loss").values[0]));
  EXPECT_EQ(a.curves.at("loss").values[1], b.curves.at("loss").values[1]);
}

TEST(Record, SurvivesCbor) {
  const Record record = awkward_record();

  const std::vector<uint8_t> bytes = to_bytes(record);

  expect_same(record, record_from_bytes(bytes.data(), bytes.size()));
}

TEST(Record, SurvivesJsonText) {
  Record record = awkward_record();
  record.predictions.pop_back();  // JSON text is UTF-8

  const std::string text = Json(record).dump();

  expect_same(record, Json::parse(text).get<Record>());
}

TEST(Record, GivesTheSameBytesForTheSameRecord) {
  EXPECT_EQ(to_bytes(awkward_record()), to_bytes(awkward_record()));
}

TEST(Record, RefusesBytesThatAreNone) {
  std::vector<uint8_t> bytes = to_bytes(awkward_record());

  EXPECT_THROW(record_from_bytes(nullptr, 0), DataError);
  EXPECT_THROW(record_from_bytes(bytes.data(), bytes.size() - 1), DataError);
  const std::vector<uint8_t> list = Json::to_cbor(Json{1, 2});
  EXPECT_THROW(record_from_bytes(list.data(), list.size()), DataError);
}

// Damaged bytes give a record or a DataError, and nothing else.
TEST(Record, NeverCrashesOnDamagedBytes) {
  const std::vector<uint8_t> good = to_bytes(awkward_record());
  const uint64_t seed = 20240229;
  SCOPED_TRACE(seed);
  Rng rng(seed);

  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> bytes = good;
    bytes[rng.below(bytes.size())] = static_cast<uint8_t>(rng.below(256));
    try {
      record_from_bytes(bytes.data(), bytes.size());
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace dovetail
