// SPDX-License-Identifier: Apache-2.0
// Losses in which targets count differently, noise on embeddings, and the divergence from a base:
// beside LibTorch's own operations, and their gradients beside finite differences.
#include "training/weighted_loss.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/kl_div.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tiny_cell.h"
#include "training/base_divergence.h"
#include "training/embedding_noise.h"
#include "training/micro_batch.h"

namespace dovetail {
namespace {

using at::Tensor;

// An encoder-decoder and a decoder-only network.
T5Config config_of(const std::string& shape) {
  nlohmann::json json = model_shapes().at(shape);
  json["vocab_size"] = 40;
  return model_config_from(json);
}

// Rows of different lengths, the first two with weights.
std::vector<Sequence> weighted_rows() {
  std::vector<Sequence> rows = {{{5, 6, 7, 1}, {11, 12, 13, 1}},
                                {{12, 1}, {13, 14, 1}},
                                {{19, 20, 21, 22, 1}, {21, 22, 23, 24, 1}}};
  rows[0].weights = {0, 0.5f, 2, 0.25f};
  rows[0].divisor = 3;
  rows[1].weights = {1, 0, 1};
  rows[1].divisor = 1;
  return rows;
}

Batch batch_with_weights(const std::vector<Sequence>& rows) {
  std::vector<const Sequence*> all;
  for (const Sequence& row : rows) all.push_back(&row);
  return collate(all);
}

// A model, all of whose weights are trained.
struct Trained {
  explicit Trained(const std::string& shape, uint64_t seed = 5)
      : model(config_of(shape), random_weights(config_of(shape), seed)),
        method(find_tuning("full").make(model, {}, seed)) {}
  Trained(const Trained&) = delete;

  LossInput input(const Batch& batch) const {
    return {.model = &model, .tuning = method.get(), .batch = &batch};
  }
  Tensor hidden(const Batch& batch) const {
    const Tensor memory = model.encode(model.embed(batch.source_BS), batch.mask_BS);
    return model.decode(batch.decoder_ids_BT, memory, batch.mask_BS);
  }
  Tensor log_probabilities(const Batch& batch) const {
    return at::log_softmax(model.logits(hidden(batch)), -1);
  }

  T5Model model;
  std::unique_ptr<TuningMethod> method;
};

Tensor gradient_of(const Trained& trained, const Tensor& loss) {
  NamedTensors tensors = trained.method->trainable();
  for (auto& [name, tensor] : tensors) tensor.mutable_grad().reset();
  loss.backward();
  std::vector<Tensor> parts;
  for (auto& [name, tensor] : tensors)
    parts.push_back((tensor.grad().defined() ? tensor.grad() : at::zeros_like(tensor)).flatten());
  return at::cat(parts);
}

// The slope of the loss along its gradient, and the gradient's own length squared: equal.
void expect_slope(const Trained& trained, const std::function<Tensor()>& loss) {
  const Tensor gradient = gradient_of(trained, loss());
  const double length = gradient.norm().item<double>();
  ASSERT_GT(length, 1e-4);
  const double step = 4e-3 / length;
  const auto moved_loss = [&](double by) {
    const at::NoGradGuard no_grad;
    const auto move = [&](double distance) {
      int64_t first = 0;
      for (auto& [name, tensor] : trained.method->trainable()) {
        Tensor values = tensor;
        values.add_(gradient.narrow(0, first, tensor.numel()).view_as(tensor), distance);
        first += tensor.numel();
      }
    };
    move(by);
    const double value = loss().item<double>();
    move(-by);
    return value;
  };
  const double slope = (moved_loss(step) - moved_loss(-step)) / (2 * step);
  EXPECT_NEAR(slope / (length * length), 1, 0.02);
}

class WeightedLossTest : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Networks, WeightedLossTest,
                         testing::Values("t5-tiny", "llama-tiny", "gpt2-tiny"));

// By hand 3, 1, and the five tokens of the row without weights.
TEST(WeightedBatch, AddsUpTheDivisorsOfItsRows) {
  const Batch batch = batch_with_weights(weighted_rows());
  EXPECT_EQ(batch.loss_divisor, 3 + 1 + 5);
  EXPECT_EQ(batch.num_targets, 12);
  EXPECT_TRUE(batch.weights_BT[0].equal(at::tensor({0.0f, 0.5f, 2.0f, 0.25f, 0.0f})));
  EXPECT_TRUE(batch.weights_BT[1].equal(at::tensor({1.0f, 0.0f, 1.0f, 0.0f, 0.0f})));
  EXPECT_TRUE(batch.weights_BT[2].equal(at::tensor({1.0f, 1.0f, 1.0f, 1.0f, 1.0f})));
  EXPECT_FALSE(batch.base_weights_BT.defined());
  const std::vector<Batch> parts = split_batch(batch, 2);
  EXPECT_EQ(parts[0].loss_divisor, 9) << "of the whole step";
  EXPECT_TRUE(parts[0].weights_BT[0].equal(at::tensor({0.0f, 0.5f, 2.0f, 0.25f})));
}

TEST_P(WeightedLossTest, IsTheSumOfTokenLossesTimesTheirWeights) {
  const Trained trained(GetParam());
  const Batch batch = batch_with_weights(weighted_rows());
  const Tensor labels = batch.labels_BT.clamp_min(0).unsqueeze(2);
  const Tensor reference =
      -(trained.log_probabilities(batch).gather(2, labels).squeeze(2) * batch.weights_BT).sum();
  const Tensor ours = weighted_losses({trained.input(batch)}).squeeze(0);
  EXPECT_NEAR(ours.item<double>(), reference.item<double>(), 1e-4);
  const Tensor expected = gradient_of(trained, reference), found = gradient_of(trained, ours);
  EXPECT_LT((found - expected).abs().max().item<double>(),
            1e-4 * expected.abs().max().item<double>());
  expect_slope(trained, [&] { return weighted_losses({trained.input(batch)}).squeeze(0); });
}

TEST_P(WeightedLossTest, WeightsOfOneChangeNoBit) {
  const Trained trained(GetParam());
  std::vector<Sequence> rows = weighted_rows();
  for (Sequence& row : rows) row.weights.clear();
  const Batch plain = batch_with_weights(rows);
  for (Sequence& row : rows) row.weights.assign(row.target.size(), 1);
  const Batch weighted = batch_with_weights(rows);
  const auto gradient = [&](const Batch& batch) {
    LossInput input = trained.input(batch);
    input.settings.weight = 0.1f;
    return gradient_of(trained, weighted_losses({input}).squeeze(0));
  };
  EXPECT_TRUE(gradient(plain).equal(gradient(weighted)));
}

TEST_P(WeightedLossTest, TheDivergenceIsLibTorchs) {
  const Trained trained(GetParam()), base(GetParam(), 6);
  std::vector<Sequence> rows = weighted_rows();
  rows[0].base_weights = {0, 0, 0.5f, 0.5f};
  rows[2].base_weights = {0, 0, 0, 0, 2};
  const Batch batch = batch_with_weights(rows);
  const Tensor found = trained.log_probabilities(batch), expected = base.log_probabilities(batch);
  const Tensor of_token =
      at::kl_div(found, expected, at::Reduction::None, /*log_target=*/true).sum(2);
  const Tensor reference = (of_token * batch.base_weights_BT).sum();
  const auto ours = [&] {
    return base_divergence(base.model, trained.model, trained.hidden(batch), batch);
  };
  EXPECT_NEAR(ours().item<double>(), reference.item<double>(), 1e-4);
  expect_slope(trained, ours);
  // beside the token losses, times the weight of both
  LossInput input = trained.input(batch);
  input.settings.weight = 0.25f;
  input.base = &base.model;
  Batch without = batch;
  without.base_weights_BT = Tensor();
  LossInput plain = trained.input(without);
  plain.settings.weight = 0.25f;
  EXPECT_NEAR(weighted_losses({input}).item<double>() - weighted_losses({plain}).item<double>(),
              0.25 * reference.item<double>(), 1e-4);
}

TEST_P(WeightedLossTest, NothingDivergesFromItself) {
  const Trained trained(GetParam()), base(GetParam());
  std::vector<Sequence> rows = weighted_rows();
  rows[1].base_weights = {1, 1, 1};
  const Batch batch = batch_with_weights(rows);
  const Tensor divergence =
      base_divergence(base.model, trained.model, trained.hidden(batch), batch);
  EXPECT_NEAR(divergence.item<double>(), 0, 1e-6);
  EXPECT_LT(gradient_of(trained, divergence).abs().max().item<double>(), 1e-4);
}

// Soft tokens, ids 40 and 41, are nothing to the base: it reads the row without them.
TEST_P(WeightedLossTest, TheBaseReadsNoSoftTokens) {
  const Trained trained(GetParam()), base(GetParam(), 6);
  std::vector<Sequence> rows = {{{5, 6, 7, 1}, {11, 12, 1}}};
  rows[0].base_weights = {1, 1, 1};
  const Batch plain = batch_with_weights(rows);
  const Tensor hidden = trained.hidden(plain);
  rows[0].source = {40, 41, 5, 6, 7, 1};
  const Batch prompted = batch_with_weights(rows);
  EXPECT_NEAR(base_divergence(base.model, trained.model, hidden, prompted).item<double>(),
              base_divergence(base.model, trained.model, hidden, plain).item<double>(), 1e-5);
}

// alpha / sqrt(L d) by hand: rows of 4 and 2 source tokens, of 4 and 3 target tokens.
TEST(EmbeddingNoise, IsUniformUpToAlphaBySqrtOfLengthAndWidth) {
  std::vector<Sequence> rows = weighted_rows();
  rows.resize(2);
  const Batch batch = batch_with_weights(rows);
  constexpr int64_t kWidth = 512;
  const EmbeddingNoise noise = draw_embedding_noise(batch, kWidth, false, 5, 1);
  const auto check = [&](const Tensor& row_XD, int64_t length, int64_t of_length) {
    const double most = 5 / std::sqrt(static_cast<double>(of_length * kWidth));
    const Tensor inside = row_XD.narrow(0, 0, length);
    EXPECT_LE(inside.abs().max().item<double>(), most * (1 + 1e-6));
    EXPECT_GT(inside.abs().max().item<double>(), 0.99 * most);
    EXPECT_NEAR(inside.var().item<double>() / (most * most / 3), 1, 0.1) << "of a uniform draw";
    EXPECT_EQ(row_XD.narrow(0, length, row_XD.size(0) - length).abs().sum().item<double>(), 0);
  };
  check(noise.source_BSD[0], 4, 4);
  check(noise.source_BSD[1], 2, 2);
  check(noise.target_BTD[1], 3, 3);
  const EmbeddingNoise of_row = draw_embedding_noise(batch, kWidth, true, 5, 1);
  check(of_row.source_BSD[1], 2, 2 + 3);
  check(of_row.target_BTD[1], 3, 2 + 3);
  const EmbeddingNoise again = draw_embedding_noise(batch, kWidth, false, 5, 1),
                       other = draw_embedding_noise(batch, kWidth, false, 5, 2);
  EXPECT_TRUE(again.source_BSD.equal(noise.source_BSD));
  EXPECT_FALSE(other.source_BSD.equal(noise.source_BSD));
  EXPECT_FALSE(noise.source_BSD[0].equal(noise.target_BTD[0].narrow(0, 0, 4)));
}

// The loss with noise is that of the model whose embeddings have the same numbers added.
TEST_P(WeightedLossTest, NoiseIsAddedToTheEmbeddingsOfBothSides) {
  const Trained trained(GetParam());
  const Batch batch = batch_with_weights(weighted_rows());
  const T5Config& config = trained.model.config();
  LossInput input = trained.input(batch);
  input.neftune_alpha = 5;
  input.options.dropout_seed = 9;
  const EmbeddingNoise noise =
      draw_embedding_noise(batch, config.d_model, config.is_causal(), 5, 9);
  const Tensor memory =
      trained.model.encode(trained.model.embed(batch.source_BS) + noise.source_BSD, batch.mask_BS);
  const Tensor hidden = trained.model.decode(batch.decoder_ids_BT, memory, batch.mask_BS,
                                             {.decoder_noise_BTD = noise.target_BTD});
  const Tensor labels = batch.labels_BT.clamp_min(0).unsqueeze(2);
  const Tensor reference =
      -(at::log_softmax(trained.model.logits(hidden), -1).gather(2, labels).squeeze(2) *
        batch.weights_BT)
           .sum();
  const double with_noise = weighted_losses({input}).item<double>();
  EXPECT_NEAR(with_noise, reference.item<double>(), 1e-4);
  input.neftune_alpha = 0;
  EXPECT_GT(std::abs(weighted_losses({input}).item<double>() - with_noise), 1e-4);
}

// The first row has two labelled source tokens, the last one.
std::vector<Sequence> rows_with_source_labels() {
  std::vector<Sequence> rows = weighted_rows();
  constexpr auto kNone = static_cast<int32_t>(kIgnored);
  rows[0].source_labels = {8, kNone, 9, kNone};
  rows[0].source_weights = {0.5f, 0, 2, 0};
  rows[2].source_labels = {kNone, kNone, kNone, 7, kNone};
  rows[2].source_weights = {0, 0, 0, 1, 0};
  return rows;
}

TEST(EncoderHead, ItsLossIsThatOfTheHeadOnTheEncodersStates) {
  const Trained trained("t5-tiny");
  const Batch batch = batch_with_weights(rows_with_source_labels()),
              without = batch_with_weights(weighted_rows());
  const Tensor memory = trained.model.encode(trained.model.embed(batch.source_BS), batch.mask_BS);
  const Tensor of_source =
      at::log_softmax(memory.matmul(trained.model.weights().shared_VD.t()) / std::sqrt(128.0), -1);
  const auto at_place = [&](int64_t row, int64_t place, int64_t id) {
    return of_source[row][place][id];
  };
  const Tensor head = -(0.5 * at_place(0, 0, 8) + 2 * at_place(0, 2, 9) + at_place(2, 3, 7));
  const auto ours = [&](const Batch& of) {
    LossInput input = trained.input(of);
    input.settings.weight = 0.25f;
    return weighted_losses({input}).squeeze(0);
  };
  EXPECT_NEAR(ours(batch).item<double>() - ours(without).item<double>(), 0.25 * head.item<double>(),
              1e-4);
  const Tensor expected = gradient_of(trained, ours(without)) + gradient_of(trained, 0.25 * head),
               found = gradient_of(trained, ours(batch));
  EXPECT_LT((found - expected).abs().max().item<double>(),
            1e-4 * expected.abs().max().item<double>());
  expect_slope(trained, [&] { return ours(batch); });
}

// Labels of the source are padded and cut with it; a part without any has the decoder's loss alone.
TEST(EncoderHead, PartsOfABatchKeepTheirLabels) {
  const Batch batch = batch_with_weights(rows_with_source_labels());
  EXPECT_TRUE(batch.source_labels_BS[1].eq(kIgnored).all().item<bool>());
  const std::vector<Batch> parts = split_batch(batch, 3);
  EXPECT_TRUE(
      parts[0].source_labels_BS[0].equal(at::tensor({8L, kIgnored, 9L, kIgnored}, at::kLong)));
  EXPECT_TRUE(parts[0].source_weights_BS[0].equal(at::tensor({0.5f, 0.0f, 2.0f, 0.0f})));
  const Trained trained("t5-tiny");
  double sum = 0;
  for (const Batch& part : parts) sum += weighted_losses({trained.input(part)}).item<double>();
  EXPECT_NEAR(sum, weighted_losses({trained.input(batch)}).item<double>(), 1e-4);
}

// Micro-batches of a step with weights, whose parts have divisors of very different size.
TEST(WeightedSteps, MicroBatchesGiveTheGradientOfOneBatch) {
  const auto trained_weights = [](int64_t accumulate) {
    Cell cell(1, 1);
    cell.task.optimizer = {};
    cell.task.optimizer.name = "sgd";
    cell.task.optimizer.clip = 0;
    cell.task.options.accumulate = accumulate;
    cell.task.dropout = 0;
    cell.task.next_batch = [](int64_t) { return batch_with_weights(weighted_rows()); };
    train_alone(cell);
    EXPECT_EQ(cell.outcome.failure, "");
    return flat(cell.model);
  };
  const Tensor whole = trained_weights(1);
  for (const int64_t parts : {2, 3})
    EXPECT_LT((trained_weights(parts) - whole).abs().max().item<double>(), 1e-6) << parts;
}

// Cells that share passes keep their weights, noise and bases apart.
TEST(WeightedSteps, SharedPassesGiveEachInputItsOwn) {
  T5Model frozen(tiny_config(), random_weights(tiny_config(), 7));
  const T5Model base(tiny_config(), random_weights(tiny_config(), 8));
  const auto one = find_tuning("lora").make(frozen, {}, 1);
  T5Model second(frozen);
  const auto other = find_tuning("ia3").make(second, {}, 2);
  std::vector<Sequence> rows = rows_with_source_labels();
  rows[0].base_weights = {0, 1, 1, 1};
  const Batch weighted = batch_with_weights(rows),
              plain = batch_with_weights({{{9, 8, 1}, {7, 1}}});
  const LossInput first{.model = &frozen,
                        .tuning = one.get(),
                        .batch = &weighted,
                        .options = {.dropout_seed = 3},
                        .neftune_alpha = 5,
                        .base = &base};
  const LossInput next{.model = &second, .tuning = other.get(), .batch = &plain};
  const Tensor together = weighted_losses({first, next});
  EXPECT_NEAR(together[0].item<double>(), weighted_losses({first}).item<double>(), 1e-4);
  EXPECT_NEAR(together[1].item<double>(), weighted_losses({next}).item<double>(), 1e-4);
}

}  // namespace
}  // namespace dovetail
