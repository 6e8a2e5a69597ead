// SPDX-License-Identifier: Apache-2.0
#include "jobs/provenance.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "base/scratch_folder.h"
#include "jobs/job_runner.h"

namespace dovetail {
namespace {

TEST(Provenance, HasThePrecisionThatItIsGiven) {
  EXPECT_EQ(provenance(2, "cpu", "bfloat16").at("precision"), "bfloat16");
  EXPECT_EQ(provenance(2, "cpu", "bfloat16").at("threads"), 2);
}

// A line of the kernel's table, without its key.
TEST(Provenance, NamesTheProcessor) {
  const std::string model = cpu_model();
  EXPECT_EQ(provenance(1, "cpu", "float32").at("cpu"), model);
  std::ifstream cpuinfo("/proc/cpuinfo");
  const std::string text{std::istreambuf_iterator<char>(cpuinfo), {}};
  if (text.find("model name") == std::string::npos) GTEST_SKIP() << "the system names none";
  EXPECT_FALSE(model.empty());
  EXPECT_NE(text.find(": " + model + "\n"), std::string::npos) << model;
}

// A rank's later jobs are not charged with the memory of an earlier one.
TEST(Provenance, ForgetsThePeakOfEarlierJobs) {
  if (!std::ofstream("/proc/self/clear_refs").is_open()) GTEST_SKIP() << "needs Linux' /proc";
  constexpr int64_t kBlock = int64_t{300} << 20;
  { const std::vector<char> touched(kBlock, 1); }
  const int64_t before = peak_bytes();
  EXPECT_GE(before, kBlock);

  forget_peak();

  EXPECT_LT(peak_bytes(), before - kBlock / 2);
}

// A cell that fails at once has a record as well: with its reason, and with its own precision.
TEST(JobRunnerTest, RecordsThePrecisionOfTheJob) {
  const ScratchFolder folder;
  JobRunner runner({.store = folder.path() / "store"});
  for (const char* precision : {"float32", "bfloat16"}) {
    TuneJob cell{.task = {.name = "no such task"}, .tuning = {.name = "full"}};
    cell.tune.options.precision = precision;
    cell.evaluate.precision = "int8";
    const Job job{.key = precision, .kind = JobKind::tune, .settings = cell};

    std::vector<Record> records;
    runner.run({&job, 1}, [&](size_t, Record record) { records.push_back(std::move(record)); });

    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].provenance.at("precision"), precision);
    EXPECT_EQ(records[0].provenance.at("evaluation_precision"), "int8");
    EXPECT_EQ(records[0].status, RunStatus::failed);
    EXPECT_NE(records[0].reason.find("no such task"), std::string::npos) << records[0].reason;
  }
}

}  // namespace
}  // namespace dovetail
