// SPDX-License-Identifier: Apache-2.0
// Jobs that run out of memory: LibTorch's allocator is kept from giving more than so many bytes at
// once, and its own error says so.
#include "jobs/job_runner.h"

#include <c10/core/CPUAllocator.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/run_guarded.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

class LimitedAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    constexpr size_t kMoreThanThereIs = size_t{1} << 62;
    largest = std::max(largest, bytes);
    return below_->allocate(bytes > limit ? kMoreThanThereIs : bytes);
  }
  c10::DeleterFnPtr raw_deleter() const override { return below_->raw_deleter(); }
  void copy_data(void* to, const void* from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }

  size_t limit = kUnlimited, largest = 0;

 private:
  c10::Allocator* below_ = c10::GetCPUAllocator();
};

LimitedAllocator& limited_allocator() {
  static LimitedAllocator allocator;
  static const bool installed = (c10::SetCPUAllocator(&allocator, /*priority=*/1), true);
  (void)installed;
  return allocator;
}

class OutOfMemoryTest : public testing::Test {
 protected:
  OutOfMemoryTest() {
    std::string rows;
    for (int i = 0; i < 160; ++i)
      rows += fmt::format("{{\"q\": \"which is {}?\", \"a\": \"{}\"}}\n", i, i % 7);
    folder_.write("rows.jsonl", rows);
    card_ = folder_.write("card.toml",
                          "kind = \"table\"\nname = \"task\"\ntrain = \"rows.jsonl\"\n"
                          "test_fraction = 0.05\nkeys = { source = \"q\", target = \"a\" }\n");
  }
  ~OutOfMemoryTest() override { limited_allocator().limit = kUnlimited; }

  Job job(int64_t accumulate) const {
    TuneJob cell{.task = {.name = card_, .fingerprint = "of the task"}};
    cell.start.objective.name = "checkpoint";
    cell.tmpl.name = "mapping";
    cell.tuning.name = "full";
    cell.seed = 3;
    cell.tune.steps.fixed = 3;
    cell.tune.batch_size = 128;
    cell.tune.options.accumulate = accumulate;
    cell.tune.optimizer.name = "adamw";
    cell.tune.optimizer.learning_rate = 1e-3;
    cell.evaluate.metrics = {"exact_match"};
    cell.evaluate.max_new_tokens = 2;
    cell.evaluate.test_examples = 4;
    Job job{.key = "key", .name = "cell", .settings = cell};
    job.locations.task = card_;
    job.locations.checkpoint = DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption";
    return job;
  }
  Record run(const Job& job) const {
    Record result;
    JobRunner({.store = folder_.path() / "store"}).run({&job, 1}, [&](size_t, Record record) {
      result = std::move(record);
    });
    return result;
  }

  ScratchFolder folder_;
  std::string card_;
};

TEST_F(OutOfMemoryTest, ATrainingIsTriedOnceMoreInSmallerPasses) {
  LimitedAllocator& allocator = limited_allocator();
  const Record whole = run(job(1));
  const size_t whole_bytes = std::exchange(allocator.largest, 0);
  const Record halves = run(job(2));
  ASSERT_EQ(whole.status, RunStatus::finished) << whole.reason;
  ASSERT_LT(allocator.largest, whole_bytes) << "half a batch must take less, or this tests nothing";

  allocator.limit = whole_bytes - 1;
  const Record record = run(job(1));

  ASSERT_EQ(record.status, RunStatus::finished) << record.reason;
  EXPECT_EQ(record.provenance.at("accumulate_doubled_after"), "out of memory at step 1");
  EXPECT_FALSE(whole.provenance.contains("accumulate_doubled_after"));
  EXPECT_EQ(record.key, whole.key);
  const auto& losses = record.curves.at("train_loss").values;
  EXPECT_EQ(losses, halves.curves.at("train_loss").values) << "as a sweep with accumulate = 2";
  ASSERT_EQ(losses.size(), whole.curves.at("train_loss").values.size());
  for (size_t i = 0; i < losses.size(); ++i)
    EXPECT_NEAR(losses[i], whole.curves.at("train_loss").values[i], 1e-4);
}

TEST_F(OutOfMemoryTest, FailsWhereHalfIsTooMuchToo) {
  run(job(1));
  limited_allocator().limit = limited_allocator().largest / 4;
  const Record record = run(job(1));

  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_TRUE(is_out_of_memory(record.reason)) << record.reason;
  EXPECT_TRUE(record.provenance.contains("accumulate_doubled_after"));
}

}  // namespace
}  // namespace dovetail
