// SPDX-License-Identifier: Apache-2.0
// Three steps of each optimizer with its default parameters, as readable files. The first step can
// be checked by hand from the optimizer's paper.
#include <ATen/ops/tensor.h>

#include "golden/golden.h"

#include <fmt/format.h>

#include "training/optimizer.h"

namespace dovetail {
namespace {

constexpr double kLearningRate = 0.1;

std::string golden(const OptimizerEntry& entry) {
  at::Tensor weight = at::tensor({1.0F, -2.0F}).requires_grad_(true);
  OptimizerSettings settings;
  settings.name = entry.name;
  const auto optimizer = make_optimizer(settings, {{"weight", weight}});
  std::string text = fmt::format("{}\n{}\ndefault parameters: {}\n\nlearning rate {}\n", entry.name,
                                 entry.paper, defaults_of(entry.parameters).dump(), kLearningRate);
  text += fmt::format("{:<16}{:<16}weight after it\n{:<32}{:>9.5f} {:>9.5f}\n", "step", "gradient",
                      "", 1.0, -2.0);
  const float gradients[][2] = {{0.5F, -2}, {0.5F, 1}, {-1, 0}};
  for (int step = 0; step < 3; ++step) {
    weight.mutable_grad() = at::tensor({gradients[step][0], gradients[step][1]});
    optimizer->step(kLearningRate, 1.0);
    text += fmt::format("{:<16}{:<8}{:<8}{:>9.5f} {:>9.5f}\n", step + 1, gradients[step][0],
                        gradients[step][1], weight[0].item<float>(), weight[1].item<float>());
  }
  return text;
}

TEST(OptimizersGolden, EveryOptimizerHasOne) {
  for (const OptimizerEntry& entry : optimizers()) {
    expect_golden("optimizers/" + entry.name + ".txt", golden(entry));
  }
}

}  // namespace
}  // namespace dovetail
