// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "training/saved_state.h"
#include "tuning/tuning_cases.h"

namespace dovetail {
namespace {

struct TrainedCell {
  explicit TrainedCell(const TuningCase& one) : method(make(one, model)) {
    task = {.model = &model, .tuning = method.get(), .steps = 5, .dropout = 0.1, .seed = 3};
    task.optimizer.learning_rate = 1e-2;
    task.next_batch = [soft = method->num_soft_tokens()](int64_t step) {
      Sequence row{.target = {8, static_cast<int32_t>(4 + step), 1}};
      for (int64_t i = 0; i < soft; ++i) row.source.push_back(kVocabulary + i);
      row.source.insert(row.source.end(), {static_cast<int32_t>(9 + step), 7, 1});
      return collate(std::vector<const Sequence*>{&row});
    };
  }

  T5Model model = tiny_model();
  std::unique_ptr<TuningMethod> method;
  TrainingTask task;
  TrainingState state;
  TrainingOutcome outcome;
};
class ResumedTuning : public testing::TestWithParam<TuningCase> {};

TEST_P(ResumedTuning, EndsWithTheSameBits) {
  const auto file = std::filesystem::path(testing::TempDir()) / fmt::format("state_{}", getpid());
  TrainedCell whole(GetParam()), resumed(GetParam());
  whole.task.after_step = [&](const TrainingRun& run, int64_t step) {
    if (step == 2) save_state(run, step, /*wall_seconds=*/1, file);
  };
  train(whole.task, whole.state, whole.outcome);
  prepare(resumed.task, resumed.state);
  restore_state({resumed.task, resumed.state, resumed.outcome}, file);
  EXPECT_EQ(resumed.state.first_step, 2);
  train(resumed.task, resumed.state, resumed.outcome);
  ASSERT_EQ(whole.outcome.failure + resumed.outcome.failure, "");
  const NamedTensors expected = whole.method->trainable(), found = resumed.method->trainable();
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(at::equal(expected[i].second, found[i].second)) << expected[i].first;
  std::filesystem::remove(file);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ResumedTuning, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<TuningCase>& info) {
                           return fmt::format("{}_{}", info.param.tuning, info.index);
                         });

}  // namespace
}  // namespace dovetail
