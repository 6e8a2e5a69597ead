// SPDX-License-Identifier: Apache-2.0
#include "training/shared_step.h"

#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tiny_cell.h"
#include "training/training_loop.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

// A model that nothing trains; its copies share its memory.
const T5Model& frozen_model() {
  static const T5Model model = [] {
    T5Model made(tiny_config(), random_weights(tiny_config(), 7));
    made.set_prepacking(Prepacking::both_ways);
    return made;
  }();
  return model;
}

// A cell over the frozen model. Cells of other seeds have other rows, of other lengths and numbers.
struct FrozenCell {
  FrozenCell(const std::string& tuning, const nlohmann::json& parameters, uint64_t seed)
      : model(frozen_model()), method(find_tuning(tuning).make(model, parameters, seed)) {
    task.model = &model;
    task.tuning = method.get();
    task.optimizer.learning_rate = 5e-4 * static_cast<double>(1 + seed % 3);
    task.optimizer.clip = seed % 2 == 0 ? 1.0 : 0.0;
    task.steps = 100;
    task.dropout = 0.1;
    task.seed = seed;
    const auto vocab = static_cast<int32_t>(model.config().vocab_size);
    task.next_batch = [this, seed, vocab](int64_t step) {
      std::vector<Sequence> rows;
      Rng rng(derive_seed(seed, fmt::format("rows/{}", step)));
      for (uint64_t r = 0; r < 2 + seed % 3; ++r) {
        Sequence row;
        for (int64_t k = 0; k < method->num_soft_tokens(); ++k)
          row.source.push_back(vocab + static_cast<int32_t>(k));
        for (uint64_t t = 0; t < 3 + (seed + r) % 4; ++t)
          row.source.push_back(static_cast<int32_t>(3 + rng.below(30)));
        row.source.push_back(1);
        row.target = {static_cast<int32_t>(row.source[row.source.size() - 2]), 1};
        rows.push_back(row);
      }
      std::vector<const Sequence*> chosen;
      for (const Sequence& row : rows) chosen.push_back(&row);
      return collate(chosen);
    };
  }
  FrozenCell(const FrozenCell&) = delete;
  TrainingRun run() { return {task, state, outcome}; }

  T5Model model;
  std::unique_ptr<TuningMethod> method;
  TrainingTask task;
  TrainingState state;
  TrainingOutcome outcome;
};

struct Kind {
  std::string tuning;
  nlohmann::json parameters = nlohmann::json::object();
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"soft_prompt", {{"num_virtual_tokens", 4}}},
      {"lora", {{"lora_dropout", 0.1}}},
      {"ia3"},
      {"prefix", {{"num_virtual_tokens", 3}}},
      {"adapter"},
      {"bitfit"},
      {"vera"},
      {"dora"},
      {"lora", {{"target_modules", {"q", "v", "wi", "wo"}}, {"r", 2}}},
      {"soft_prompt", {{"num_virtual_tokens", 7}, {"encoder", "mlp"}}},
      {"prefix", {{"num_virtual_tokens", 5}}},
  };
  return all;
}

std::vector<std::unique_ptr<FrozenCell>> make_cells(size_t count = kinds().size()) {
  std::vector<std::unique_ptr<FrozenCell>> cells;
  for (size_t i = 0; i < count; ++i)
    cells.push_back(std::make_unique<FrozenCell>(kinds()[i].tuning, kinds()[i].parameters, i + 1));
  return cells;
}

void train_side_by_side(const std::vector<std::unique_ptr<FrozenCell>>& cells) {
  std::vector<TrainingRun> runs;
  for (const auto& cell : cells) runs.push_back(cell->run());
  train(runs);
}

// What each cell's curve is without the others.
std::vector<Curve> curves_alone(size_t count) {
  std::vector<Curve> curves;
  for (const auto& cell : make_cells(count)) {
    train(cell->task, cell->state, cell->outcome);
    EXPECT_EQ(cell->outcome.failure, "");
    curves.push_back(cell->outcome.train_loss);
  }
  return curves;
}

void expect_near(const Curve& found, const Curve& expected, const std::string& what) {
  ASSERT_EQ(found.steps, expected.steps) << what;
  for (size_t i = 0; i < found.values.size(); ++i)
    EXPECT_NEAR(found.values[i], expected.values[i], 1e-4) << what << ", point " << i;
}

TEST(SharedStep, CellsOfAllMethodsShareTheirPasses) {
  const auto cells = make_cells();
  std::vector<TrainingRun> runs;
  for (const auto& cell : cells) runs.push_back(cell->run());
  EXPECT_EQ(runs_that_share(runs).size(), 1u);
  // weights of its own, or weights that are trained
  FrozenCell other("lora", {}, 1);
  other.model = T5Model(tiny_config(), random_weights(tiny_config(), 7));
  runs.push_back(other.run());
  Cell full(3), full_too(3);
  runs.push_back(full.run());
  runs.push_back(full_too.run());
  EXPECT_EQ(runs_that_share(runs).size(), 4u);
}

TEST(SharedStep, EachCellLearnsAsItDoesAlone) {
  const std::vector<Curve> alone = curves_alone(kinds().size());
  const auto cells = make_cells();
  train_side_by_side(cells);
  for (size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ(cells[i]->outcome.failure, "");
    EXPECT_EQ(cells[i]->outcome.cost.train_steps, 100);
    expect_near(cells[i]->outcome.train_loss, alone[i], kinds()[i].tuning);
  }
}

TEST(SharedStep, ACellThatBreaksOrStopsLeavesTheOthersAsTheyAre) {
  constexpr size_t kCells = 6;
  const std::vector<Curve> alone = curves_alone(kCells);
  const auto cells = make_cells(kCells);
  cells[1]->task.after_step = [&](const TrainingRun& run, int64_t step) {
    if (step != 30) return;  // its next loss is no number
    at::Tensor first = run.state.trained.front().second.detach();
    first.fill_(std::numeric_limits<float>::quiet_NaN());
  };
  cells[2]->task.after_step = [&](const TrainingRun& run, int64_t step) {
    run.state.stopped = step == 40;
  };
  cells[3]->task.steps = 50;
  const auto batches = cells[4]->task.next_batch;
  cells[4]->task.next_batch = [batches](int64_t step) {
    if (step == 60) throw std::runtime_error("no batch");
    return batches(step);
  };
  train_side_by_side(cells);
  EXPECT_NE(cells[1]->outcome.failure.find("at step 31"), std::string::npos)
      << cells[1]->outcome.failure;
  EXPECT_EQ(cells[2]->outcome.cost.train_steps, 40);
  EXPECT_EQ(cells[3]->outcome.cost.train_steps, 50);
  EXPECT_NE(cells[4]->outcome.failure, "");
  for (size_t i : {size_t{0}, size_t{5}})
    expect_near(cells[i]->outcome.train_loss, alone[i], kinds()[i].tuning);
}

TEST(SharedStep, MicroBatchesAreThoseOfTheCell) {
  FrozenCell alone("lora", {}, 3);
  alone.task.options.accumulate = 2;
  train(alone.task, alone.state, alone.outcome);
  std::vector<std::unique_ptr<FrozenCell>> cells;
  cells.push_back(std::make_unique<FrozenCell>("lora", nlohmann::json::object(), 3));
  cells.push_back(std::make_unique<FrozenCell>("ia3", nlohmann::json::object(), 5));
  cells[0]->task.options.accumulate = 2;
  train_side_by_side(cells);
  expect_near(cells[0]->outcome.train_loss, alone.outcome.train_loss, "lora");
}

TEST(SharedStep, TheFrozenWeightsStayBitForBit) {
  const at::Tensor before = flat(frozen_model());
  const auto cells = make_cells();
  for (const auto& cell : cells) cell->task.steps = 10;
  train_side_by_side(cells);
  EXPECT_TRUE(before.equal(flat(frozen_model())));
}

}  // namespace
}  // namespace dovetail
