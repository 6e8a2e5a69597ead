// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include "training/saved_state.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "training/tiny_cell.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSteps = 12, kSavedAt = 5;

struct Setting {
  OptimizerSettings optimizer;
  TrainingOptions options;
  std::string title() const { return Json(optimizer).dump() + Json(options).dump(); }
};

// Every optimizer with all that it remembers, and every option that has a state or a rounding.
std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  for (const OptimizerEntry& entry : optimizers()) {
    Setting setting;
    setting.optimizer.name = entry.name;
    all.push_back(setting);
    setting.options.accumulate = 3;
    setting.options.ema = 0.9;
    setting.options.label_smoothing = 0.1;
    setting.options.z_loss = 1e-4;
    if (entry.name == "sgd") setting.optimizer.parameters = {{"momentum", 0.9}};
    if (entry.name == "adafactor") {
      setting.optimizer.parameters = {{"relative_step", true},
                                      {"warmup_init", true},
                                      {"scale_parameter", true},
                                      {"beta1", 0.9}};
    }
    all.push_back(setting);
  }
  all.push_back({});
  all.back().options.precision = "bfloat16";
  all.back().options.ema = 0.99;
  return all;
}

void set(Cell& cell, const Setting& setting) {
  cell.task.optimizer = setting.optimizer;
  cell.task.optimizer.learning_rate = 1e-2;
  cell.task.options = setting.options;
}

class SavedState : public testing::Test {
 protected:
  ~SavedState() override { fs::remove(file_); }
  fs::path file_ = fs::temp_directory_path() / fmt::format("dovetail_state_{}", ::getpid());
};

TEST_F(SavedState, ResumingGivesTheSameWeightsBitForBit) {
  for (const Setting& setting : all_settings()) {
    SCOPED_TRACE(setting.title());
    Cell whole(1, kSteps), resumed(1, kSteps);
    set(whole, setting);
    set(resumed, setting);
    whole.task.after_step = [&](const TrainingRun& run, int64_t step) {
      if (step == kSavedAt) save_state(run, step, 1.5, file_);
    };

    train_alone(whole);
    prepare(resumed.task, resumed.state);
    restore_state(resumed.run(), file_);
    train_alone(resumed);

    ASSERT_EQ(whole.outcome.failure + resumed.outcome.failure, "");
    EXPECT_EQ(resumed.state.first_step, kSavedAt);
    EXPECT_TRUE(at::equal(flat(whole.model), flat(resumed.model)));
    EXPECT_EQ(whole.outcome.train_loss.values, resumed.outcome.train_loss.values);
    EXPECT_EQ(whole.outcome.computed_tokens, resumed.outcome.computed_tokens);
  }
}

TEST_F(SavedState, ADamagedFileIsRefusedAndRestoresNothing) {
  Cell saved(1, kSteps), resumed(1, kSteps);
  saved.task.after_step = [&](const TrainingRun& run, int64_t step) {
    if (step == kSavedAt) save_state(run, step, 1.5, file_);
  };
  train_alone(saved);
  prepare(resumed.task, resumed.state);
  const at::Tensor before = flat(resumed.model).clone();
  std::string bytes = read_file(file_);
  bytes[bytes.size() / 2] ^= 0x40;
  write_file_atomically(file_, bytes);

  EXPECT_THROW(restore_state(resumed.run(), file_), DataError);

  EXPECT_TRUE(at::equal(before, flat(resumed.model)));
  EXPECT_EQ(resumed.state.first_step, 0);
}

TEST_F(SavedState, ARerunGivesTheSameWeightsBitForBit) {
  for (const Setting& setting : all_settings()) {
    Cell once(2, kSteps), again(2, kSteps);
    set(once, setting);
    set(again, setting);
    train_alone(once);
    train_alone(again);
    EXPECT_TRUE(at::equal(flat(once.model), flat(again.model))) << setting.title();
  }
}

}  // namespace
}  // namespace dovetail
