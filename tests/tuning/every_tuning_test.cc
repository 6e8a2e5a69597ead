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
#include "tuning/adapter_config.h"
#include "tuning/adapter_folder.h"
#include "tuning/embed_soft_tokens.h"
#include "tuning/label_reader.h"
#include "tuning/tiny_model.h"
#include "tuning/tuning_cases.h"

namespace dovetail {
namespace {

using at::Tensor;

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
  if (const LabelReader* reader = method.label_reader()) return reader->logits(memory, mask);
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

class EveryTuning : public testing::TestWithParam<TuningCase> {};

TEST(Tunings, EveryEntryHasACase) {
  std::set<std::string> tested;
  for (const TuningCase& one : kCases) tested.insert(one.tuning);
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

// Where blocks are computed again in the backward pass, whatever of them is trained.
TEST_P(EveryTuning, HasTheSameGradientsWithActivationCheckpointing) {
  std::vector<Tensor> gradients[2];
  for (const bool again : {false, true}) {
    T5Model model = tiny_model();
    const auto method = make(GetParam(), model);
    const int64_t soft = method->num_soft_tokens();
    ForwardOptions options;
    options.activation_checkpointing = again;
    const Tensor mask = mask_for(soft);
    const Tensor memory = model.encode(method->embed(ids_for(soft)), mask, options);
    const LabelReader* reader = method->label_reader();
    const Tensor hidden = reader ? Tensor() : model.decode(decoder_ids(), memory, mask, options);
    (reader ? reader->logits(memory, mask) : model.logits(hidden)).square().sum().backward();
    for (const auto& [name, tensor] : method->trainable()) {
      ASSERT_TRUE(tensor.grad().defined()) << name << (again ? " again" : "");
      gradients[again].push_back(tensor.grad());
    }
  }
  for (size_t i = 0; i < gradients[0].size(); ++i)
    EXPECT_LT((gradients[0][i] - gradients[1][i]).abs().max().item<double>(),
              1e-5 * std::max(1.0, gradients[0][i].abs().max().item<double>()));
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
  const TuningEntry entry = find_tuning(GetParam().tuning).entry;
  if (entry.classifies || !entry.has_folder) return;  // it is of its sweep's task alone
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
      (logits_of(model, *method) - 1).square().sum().backward();  // zeros must learn too
      optimizer->step(entry.name == "sgd" ? 0.1 : 1e-3, 1);       // its steps are the gradients
    }
    for (size_t i = 0; i < trained.size(); ++i)
      EXPECT_FALSE(at::equal(before[i], trained[i].second))
          << entry.name << " " << trained[i].first;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryTuning, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<TuningCase>& info) {
                           return fmt::format("{}_{}", info.param.tuning, info.index);
                         });

}  // namespace
}  // namespace dovetail
