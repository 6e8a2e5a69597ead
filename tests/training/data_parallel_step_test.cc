// SPDX-License-Identifier: Apache-2.0
// Data-parallel groups of threads train what one process alone trains.
#include <ATen/ops/equal.h>

#include "training/data_parallel_step.h"

#include <gtest/gtest.h>

#include <barrier>
#include <limits>
#include <numeric>
#include <thread>

#include "training/micro_batch.h"
#include "training/tiny_cell.h"

namespace dovetail {
namespace {

using at::Tensor;

// What the ranks of a group of threads share.
struct Meeting {
  explicit Meeting(int size)
      : everybody(size), slots(static_cast<size_t>(size)), reports(static_cast<size_t>(size)) {}
  std::barrier<> everybody;
  std::vector<std::vector<std::span<float>>> slots;  // by rank
  std::vector<StepReport> reports;
};

// Adds in the order of ranks, once all have arrived.
class ThreadGroup final : public GradientAllReduce {
 public:
  ThreadGroup(Meeting& meeting, int rank, int size)
      : GradientAllReduce(rank, size), meeting_(meeting) {}

  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) override {
    meeting_.slots[static_cast<size_t>(rank())].assign(sizes.size(), {});
    started_early = 0;
    memory_.assign(std::accumulate(sizes.begin(), sizes.end(), size_t{0}), -1.0f);
    std::vector<std::span<float>> buffers;
    float* next = memory_.data();
    for (const size_t size : sizes) {
      buffers.emplace_back(next, size);
      next += size;
    }
    return buffers;
  }
  void all_reduce_async(size_t slot, std::span<float> numbers) override {
    meeting_.slots[static_cast<size_t>(rank())][slot] = numbers;
    ++started_early;
  }
  void wait() override {
    meeting_.everybody.arrive_and_wait();
    if (rank() == 0) add_up();
    meeting_.everybody.arrive_and_wait();
  }
  StepReport all_reduce_report(const StepReport& mine) override {
    meeting_.reports[static_cast<size_t>(rank())] = mine;
    meeting_.everybody.arrive_and_wait();
    const StepReport all = reduced_report(meeting_.reports);
    meeting_.everybody.arrive_and_wait();
    return all;
  }

  // The buffer of a big tensor's gradient.
  const float* buffer_of(const std::string& wanted, const NamedTensors& trained) {
    const float* next = memory_.data();
    for (const auto& [name, tensor] : trained) {
      if (tensor.numel() < (1 << 14)) continue;
      if (name == wanted) return next;
      next += tensor.numel();
    }
    return nullptr;
  }

  int started_early = 0;

 private:
  void add_up() {
    for (size_t slot = 0; slot < meeting_.slots[0].size(); ++slot) {
      const std::span<float> sum = meeting_.slots[0][slot];
      for (const auto& other : meeting_.slots) {
        if (other[slot].size() != sum.size()) return;  // a rank abandoned the step
      }
      for (size_t i = 0; i < sum.size(); ++i) {
        for (size_t m = 1; m < meeting_.slots.size(); ++m) sum[i] += meeting_.slots[m][slot][i];
        for (size_t m = 1; m < meeting_.slots.size(); ++m) meeting_.slots[m][slot][i] = sum[i];
      }
    }
  }

  Meeting& meeting_;
  std::vector<float> memory_;
};

// Rows of different lengths, as many as asked for.
Batch made_up_batch(int64_t rows, int64_t step) {
  std::vector<Sequence> sequences;
  for (int64_t row = 0; row < rows; ++row) {
    const auto id = static_cast<int32_t>(3 + (7 * row + step) % 30);
    Sequence sequence{{id}, {id}};
    for (int64_t k = 0; k < row % 3; ++k) sequence.source.push_back(static_cast<int32_t>(5 + k));
    for (int64_t k = 0; k < row % 2; ++k) sequence.target.push_back(static_cast<int32_t>(9 + k));
    sequence.source.push_back(1);
    sequence.target.push_back(1);
    sequences.push_back(sequence);
  }
  std::vector<const Sequence*> all;
  for (const Sequence& sequence : sequences) all.push_back(&sequence);
  return collate(all);
}

void prepare_cell(Cell& cell, int64_t rows, double dropout) {
  cell.task.optimizer = {};
  // sgd's steps are proportional to the gradient, so that rounding stays small
  cell.task.optimizer.name = "sgd";
  cell.task.optimizer.learning_rate = 0.05;
  cell.task.dropout = dropout;
  cell.task.next_batch = [rows](int64_t step) { return made_up_batch(rows, step); };
}

// Trains one cell a rank.
void train_as_group(std::vector<std::unique_ptr<Cell>>& cells) {
  Meeting meeting(static_cast<int>(cells.size()));
  std::vector<std::thread> threads;
  for (size_t m = 0; m < cells.size(); ++m) {
    threads.emplace_back([&, m] {
      ThreadGroup group(meeting, static_cast<int>(m), static_cast<int>(cells.size()));
      cells[m]->task.group = &group;
      train_alone(*cells[m]);
      cells[m]->state.all_reduce_step.reset();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::vector<std::unique_ptr<Cell>> made_group(int size, int64_t rows, double dropout) {
  std::vector<std::unique_ptr<Cell>> cells;
  for (int m = 0; m < size; ++m) {
    cells.push_back(std::make_unique<Cell>(1));
    prepare_cell(*cells.back(), rows, dropout);
  }
  return cells;
}

void expect_as_one_alone(int size, int64_t rows, int64_t accumulate) {
  Cell alone(1);
  prepare_cell(alone, rows, 0);
  train_alone(alone);
  auto group = made_group(size, rows, 0);
  for (auto& cell : group) cell->task.options.accumulate = accumulate;

  train_as_group(group);

  for (const auto& cell : group) {
    ASSERT_EQ(cell->outcome.failure, "");
    EXPECT_TRUE(at::equal(flat(cell->model), flat(group[0]->model)));
    EXPECT_LT((flat(cell->model) - flat(alone.model)).abs().max().item<double>(), 2e-6);
    ASSERT_EQ(cell->outcome.train_loss.values.size(), alone.outcome.train_loss.values.size());
    EXPECT_NEAR(cell->outcome.train_loss.values.back(), alone.outcome.train_loss.values.back(),
                1e-5);
    EXPECT_EQ(cell->outcome.cost.train_tokens, alone.outcome.cost.train_tokens);
  }
  EXPECT_GT((flat(alone.model) - flat(Cell(1).model)).abs().max().item<double>(), 1e-3);
}

TEST(DataParallel, TwoRanksTrainWhatOneTrainsAlone) { expect_as_one_alone(2, 6, 1); }
TEST(DataParallel, ThreeRanksAndMicroBatchesToo) { expect_as_one_alone(3, 7, 2); }
TEST(DataParallel, ARankWithoutARowTakesPart) { expect_as_one_alone(3, 2, 1); }

TEST(DataParallel, IsTheSameInEveryRunAndDropsByRank) {
  auto first = made_group(2, 6, 0.1), second = made_group(2, 6, 0.1), none = made_group(2, 6, 0);
  train_as_group(first);
  train_as_group(second);
  train_as_group(none);

  EXPECT_TRUE(at::equal(flat(first[0]->model), flat(second[1]->model)));
  EXPECT_FALSE(at::equal(flat(first[0]->model), flat(none[0]->model)));
}

TEST(DataParallel, AFailureOnOneRankEndsTheRunOnAll) {
  auto group = made_group(2, 6, 0);
  group[1]->model.weights().shared_VD.detach()[3][0] = std::numeric_limits<float>::quiet_NaN();

  train_as_group(group);

  EXPECT_EQ(group[0]->outcome.failure, "the loss is nan at step 1");
  EXPECT_EQ(group[1]->outcome.failure, "the loss is nan at step 1");
}

TEST(DataParallel, BigGradientsStartBeforeTheBackwardPassEnds) {
  Meeting meeting(1);
  ThreadGroup group(meeting, 0, 1);
  Cell cell(1);
  cell.task.group = &group;
  prepare(cell.task, cell.state);
  const Batch batch = made_up_batch(4, 0);
  cell.state.all_reduce_step->begin();
  const Tensor loss = weighted_loss(cell.model, *cell.method, batch);
  {
    const auto listener = cell.state.all_reduce_step->listen(true);
    loss.backward();
  }

  int num_big_matrices = 0;
  for (const auto& [name, tensor] : cell.state.trained) {
    num_big_matrices += tensor.numel() >= (1 << 14) && name != "shared.weight";
  }
  const Tensor joined = cell.model.weights().encoder.blocks[0].self_attention.k_ID.grad();
  EXPECT_EQ(joined.data_ptr<float>(),
            group.buffer_of("encoder.block.0.layer.0.SelfAttention.k.weight", cell.state.trained));
  EXPECT_GT(num_big_matrices, 0);
  EXPECT_EQ(group.started_early, num_big_matrices);
}

TEST(RankRows, AreAllRowsOnceWithoutNeedlessPadding) {
  const Batch batch = made_up_batch(7, 0);
  int64_t targets = 0, tokens = 0, rows = 0;
  for (int rank = 0; rank < 3; ++rank) {
    const auto mine = rank_rows(batch, rank, 3);
    ASSERT_TRUE(mine.has_value());
    targets += mine->num_targets;
    tokens += mine->num_tokens;
    rows += mine->source_BS.size(0);
    EXPECT_TRUE(
        at::equal(mine->labels_BT.select(1, 0), batch.labels_BT.select(1, 0).slice(0, rank, 7, 3)));
    EXPECT_EQ(mine->source_BS.size(1), mine->mask_BS.sum(1).max().item<int64_t>());
  }
  EXPECT_EQ(rows, 7);
  EXPECT_EQ(targets, batch.num_targets);
  EXPECT_EQ(tokens, batch.num_tokens);
  EXPECT_FALSE(rank_rows(batch, 7, 8).has_value());
}

}  // namespace
}  // namespace dovetail
