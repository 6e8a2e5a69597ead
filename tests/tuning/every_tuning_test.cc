// SPDX-License-Identifier: Apache-2.0
// What every entry of the catalogue must do, with its default parameters and with the others of
// kCases.
#include <ATen/Context.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <torch/torch.h>

#include "tuning/tuning_method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "model/checkpoints/checkpoint.h"
#include "training/optimizer.h"
#include "training/saved_state.h"
#include "tuning/adapter_config.h"
#include "tuning/adapter_folder.h"
#include "tuning/embed_soft_tokens.h"
#include "tuning/tiny_model.h"

namespace dovetail {
namespace {

using at::Tensor;

struct Case {
  std::string tuning;
  nlohmann::json parameters;
  int64_t count;             // of trained numbers in t5-tiny with 60 pieces, by hand
  bool begins_as_the_model;  // at step 0
};

// d = heads * d_kv = 128, d_ff = 512, 2 + 2 layers: 12 modules q and v, 12 k and v, 4 wo.
const std::vector<Case> kCases = {
    {"full", {}, 926976, true},
    {"last_layers", {}, 196864 + 128 + 262528 + 128, true},
    {"last_layers", {{"encoder", false}, {"num_layers", 2}}, 2 * 262528 + 128 + 128, true},
    {"norms", {}, (2 * 2 + 1 + 2 * 3 + 1) * 128, true},
    {"bitfit", {}, 2 * (5 * 128 + 512) + 2 * (9 * 128 + 512), true},
    {"soft_prompt", {}, 20 * 128, false},
    {"soft_prompt", {{"encoder", "multitask@2"}}, 20 * 128 + 2 * (20 + 128), false},
    {"dept", {}, 60 * 128 + 30 * (256 + 128), false},
    {"dept", {{"num_virtual_tokens", 0}, {"r", 8}}, 8 * (256 + 128), true},
    {"dept", {{"num_virtual_tokens", 40}, {"prompt_budget", 100}}, 100 * 128, false},
    {"adept", {}, 60 * 128 + 19 * (2 * 128 + 1) + 128, false},
    {"adept", {{"num_virtual_tokens", 0}}, 19 * (2 * 128 + 1) + 128, true},
    {"attempt", {}, 100 * 128 + 2 * 100 * 128 + 2 * 128, false},
    {"prefix", {}, 20 * 2 * 128 * 6, false},
    {"prefix", {{"places", {"decoder"}}, {"num_virtual_tokens", 3}}, 3 * 2 * 128 * 2, false},
    {"prefix",
     {{"projection", true}, {"hidden", 64}},
     20 * 128 + 64 * 129 + 65 * 2 * 128 * 6,
     false},
    {"prefix", {{"sharing", "peft"}}, 20 * 2 * 128, false},
    {"lora", {}, 12 * 8 * 256, true},
    {"lora", {{"use_rslora", true}, {"target_modules", {"wi", "wo"}}}, 2 * 4 * 8 * 640, true},
    {"lora", {{"init_lora_weights", "pissa"}}, 12 * 8 * 256, true},
    {"lora", {{"init_lora_weights", "olora"}}, 12 * 8 * 256, true},
    {"dora", {}, 12 * (8 * 256 + 128), true},
    {"vera", {}, 12 * (256 + 128), true},
    {"vera", {{"target_modules", {"v", "wo"}}}, 6 * (256 + 128) + 4 * (256 + 128), true},
    {"ia3", {}, 12 * 128 + 4 * 512, true},
    {"adapter", {}, 8 * (2 * 16 * 128 + 16 + 128), true},
    {"adapter",
     {{"form", "parallel"}, {"places", {"cross_attention"}}, {"scaling", 4.0}},
     2 * (2 * 16 * 128 + 16 + 128),
     true},
};

std::unique_ptr<TuningMethod> make(const Case& one, T5Model& model) {
  return find_tuning(one.tuning).make(model, one.parameters, 5);
}

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.tuning << " " << one.parameters.dump();
}

Tensor ids_for(int64_t soft_tokens) {
  const Tensor text = torch::tensor({{5, 6, 7, 1}, {9, 8, 1, 0}}, at::kLong);
  if (soft_tokens == 0) return text;
  const Tensor prompt = at::arange(kVocabulary, kVocabulary + soft_tokens).unsqueeze(0);
  return at::cat({prompt.expand({2, -1}), text}, 1);
}

Tensor decoder_ids() { return torch::tensor({{0, 8, 3}, {0, 4, 4}}, at::kLong); }

Tensor mask_for(int64_t soft_tokens) {
  Tensor mask = at::ones({2, soft_tokens + 4});
  mask[1][-1] = 0;
  return mask;
}

Tensor logits_of(T5Model& model, TuningMethod& method) {
  const int64_t soft = method.num_soft_tokens();
  const Tensor mask = mask_for(soft), ids = ids_for(soft);
  const Tensor memory = model.encode(method.embed(ids), mask);
  return model.logits(model.decode(decoder_ids(), memory, mask));
}

Tensor logits_of(T5Model& model) {
  const Tensor mask = mask_for(0);
  const Tensor memory = model.encode(model.embed(ids_for(0)), mask);
  return model.logits(model.decode(decoder_ids(), memory, mask));
}

// Values as after a training: every trained tensor away from its start.
void move_away(TuningMethod& method) {
  const at::NoGradGuard no_grad;
  at::manual_seed(17);
  for (auto& [name, tensor] : method.trainable())
    tensor.add_(at::randn(tensor.sizes(), tensor.options().requires_grad(false)), 0.1);
}

class EveryTuning : public testing::TestWithParam<Case> {};

TEST(Tunings, EveryEntryHasACase) {
  std::set<std::string> tested;
  for (const Case& one : kCases) tested.insert(one.tuning);
  for (const TuningEntry& entry : tunings()) EXPECT_TRUE(tested.contains(entry.name)) << entry.name;
}

TEST_P(EveryTuning, TrainsAsManyNumbersAsItsFormulaSays) {
  T5Model model = tiny_model();
  int64_t count = 0;
  for (const auto& [name, tensor] : make(GetParam(), model)->trainable()) count += tensor.numel();
  EXPECT_EQ(count, GetParam().count);
}

TEST_P(EveryTuning, BeginsAsTheModelWhereItMust) {
  if (!GetParam().begins_as_the_model) return;
  T5Model base = tiny_model(), model = tiny_model();
  const auto method = make(GetParam(), model);
  EXPECT_LT((logits_of(model, *method) - logits_of(base)).abs().max().item<double>(), 2e-5);
}

// Under a backward pass, what it does not list gets no gradient, and what it lists gets one.
TEST_P(EveryTuning, LeavesFrozenWeightsAlone) {
  T5Model model = tiny_model();
  const auto method = make(GetParam(), model);
  const NamedTensors trained = method->trainable();
  logits_of(model, *method).square().sum().backward();
  for (const auto& [name, tensor] : trained) EXPECT_TRUE(tensor.grad().defined()) << name;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    const bool is_trained = std::any_of(trained.begin(), trained.end(),
                                        [&](const auto& t) { return t.second.is_same(tensor); });
    EXPECT_EQ(tensor.grad().defined(), is_trained) << name;
  }
}

// In float64, along a random direction of all trained numbers. DoRA's gradient leaves its lengths
// out, and is compared with LibTorch's in the linear layer's tests.
TEST_P(EveryTuning, HasTheGradientOfFiniteDifferences) {
  if (GetParam().tuning == "dora") return;
  T5Model model = tiny_model(at::kDouble);
  const auto method = make(GetParam(), model);
  for (const auto& [name, tensor] : method->trainable())
    if (tensor.scalar_type() != at::kDouble) return;  // a prompt's network is float32, always
  move_away(*method);
  const auto value = [&] { return logits_of(model, *method).square().sum(); };
  value().backward();
  const at::NoGradGuard no_grad;
  double slope = 0;
  std::vector<Tensor> directions;
  for (auto& [name, tensor] : method->trainable()) {
    directions.push_back(at::randn(tensor.sizes(), tensor.options().requires_grad(false)));
    slope += (directions.back() * tensor.grad()).sum().item<double>();
  }
  const double step = 1e-8;  // few ReLUs turn on or off within it
  const auto at_step = [&](double change) {
    size_t i = 0;
    for (auto& [name, tensor] : method->trainable()) tensor.add_(directions[i++], change);
    return value().item<double>();
  };
  const double ahead = at_step(step), behind = at_step(-2 * step);
  EXPECT_NEAR((ahead - behind) / (2 * step), slope, 1e-4 * std::max(1.0, std::abs(slope)));
}

TEST_P(EveryTuning, ComesBackFromItsFolder) {
  T5Model model = tiny_model(), again = tiny_model();
  const auto method = make(GetParam(), model);
  move_away(*method);
  const auto folder = std::filesystem::path(testing::TempDir()) / fmt::format("tuned_{}", getpid());
  std::filesystem::remove_all(folder);
  method->save(folder);
  const at::NoGradGuard no_grad;
  const Tensor expected = logits_of(model, *method);
  Tensor found;
  if (!is_adapter(folder)) {
    T5Model whole(tiny_config(), load_checkpoint(folder).weights);
    found = logits_of(whole);
  } else {
    const PromptAdapter prompt = load_adapter(folder, again);
    const Tensor ids = ids_for(prompt.size());
    const Tensor embedded = prompt.method       ? prompt.method->embed(ids)
                            : prompt.size() > 0 ? embed_soft_tokens(again, ids, prompt.table_KD)
                                                : again.embed(ids);
    const Tensor memory = again.encode(embedded, mask_for(prompt.size()));
    found = again.logits(again.decode(decoder_ids(), memory, mask_for(prompt.size())));
  }
  EXPECT_LT((found - expected).abs().max().item<double>(), 2e-5);
  std::filesystem::remove_all(folder);
}

// Where it has a saved form for that, a tuning starts from its own folder and no other's.
TEST_P(EveryTuning, StartsFromASavedOne) {
  const TuningEntry entry = find_tuning(GetParam().tuning).entry;
  if (entry.starts_from.empty() || entry.name == "soft_prompt") return;
  T5Model model = tiny_model(), again = tiny_model();
  const auto method = make(GetParam(), model);
  move_away(*method);
  const auto folder = std::filesystem::path(testing::TempDir()) / fmt::format("start_{}", getpid());
  std::filesystem::remove_all(folder);
  method->save(folder);
  nlohmann::json parameters = GetParam().parameters;
  parameters["initialization_folder"] = folder.string();
  const auto started = find_tuning(entry.name).make(again, parameters, 9);
  EXPECT_LT((logits_of(again, *started) - logits_of(model, *method)).abs().max().item<double>(),
            2e-5);
  nlohmann::json wrong = {{"initialization_folder", folder.string()}};
  const std::string other = entry.name == "ia3" ? "vera" : "ia3";
  EXPECT_THROW(find_tuning(other).make(again, wrong, 9), ConfigError);
  std::filesystem::remove_all(folder);
}

// Zeros at the start among them: two steps of every optimizer move every tensor, and no other.
TEST_P(EveryTuning, LearnsUnderEveryOptimizer) {
  for (const OptimizerEntry& entry : optimizers()) {
    T5Model model = tiny_model();
    const auto method = make(GetParam(), model);
    const NamedTensors trained = method->trainable();
    std::vector<Tensor> before;
    for (const auto& [name, tensor] : trained) before.push_back(tensor.detach().clone());
    OptimizerSettings settings{.name = entry.name};
    const auto optimizer = make_optimizer(settings, trained);
    for (int step = 0; step < 2; ++step) {
      for (const auto& [name, tensor] : trained) tensor.mutable_grad() = Tensor();
      logits_of(model, *method).square().sum().backward();
      optimizer->step(entry.name == "sgd" ? 0.1 : 1e-3, 1);  // its steps are the gradients
    }
    for (size_t i = 0; i < trained.size(); ++i)
      EXPECT_FALSE(at::equal(before[i], trained[i].second))
          << entry.name << " " << trained[i].first;
  }
}

struct TrainedCell {
  explicit TrainedCell(const Case& one) : method(make(one, model)) {
    task = {
        .model = &model, .tuning = method.get(), .steps = 5, .dropout = 0.1, .seed = 3};
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
TEST_P(EveryTuning, ResumesBitForBit) {
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

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryTuning, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& info) {
                           return fmt::format("{}_{}", info.param.tuning, info.index);
                         });

}  // namespace
}  // namespace dovetail
