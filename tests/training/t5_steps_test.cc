// SPDX-License-Identifier: Apache-2.0
// Ten steps of the reference's optimizers on the cases of tests/oracles/t5_oracle.py: torch's AdamW
// and transformers' Adafactor, learning rate 1e-3, gradients clipped to a norm of 1, no dropout.
#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "model/t5_case.h"
#include "training/optimizer.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

// The largest difference of any parameter from the reference's after ten steps.
double difference_after_ten_steps(const std::string& name, const OptimizerSettings& settings) {
  const T5Case c(fs::path(T5_ORACLE_FOLDER) / name);
  if (!c.has("loss")) return 0;
  NamedTensors named = named_tensors(c.model.config(), c.model.weights());
  for (auto& [key, tensor] : named) tensor.requires_grad_(true);
  const auto optimizer = make_optimizer(settings, named);
  for (int step = 0; step < 10; ++step) {
    for (auto& [key, tensor] : named) tensor.mutable_grad().reset();
    c.loss().backward();
    const double norm = gradient_norm(named);
    optimizer->step(1e-3, norm > 1 ? 1 / norm : 1);
  }
  double worst = 0;
  for (const auto& [key, tensor] : named) {
    const double difference = largest_difference(tensor, c.expected.at(settings.name + "." + key));
    EXPECT_LT(difference, 1e-4) << name << " " << key << " " << settings.name;
    worst = std::max(worst, difference);
  }
  return worst;
}

void expect_equal_steps(const OptimizerSettings& settings) {
  const std::vector<std::string> names = t5_case_names(T5_ORACLE_FOLDER);
  ASSERT_GE(names.size(), 40u);
  double worst = 0;
  for (const std::string& name : names) {
    worst = std::max(worst, difference_after_ten_steps(name, settings));
  }
  std::printf("%s: largest difference of a parameter: %.2e\n", settings.name.c_str(), worst);
}

TEST(T5Steps, TenOfAdamW) {
  OptimizerSettings settings;
  settings.name = "adamw";
  settings.weight_decay = 0.1;
  expect_equal_steps(settings);
}

TEST(T5Steps, TenOfAdafactor) {
  OptimizerSettings settings;
  settings.name = "adafactor";
  expect_equal_steps(settings);
}

}  // namespace
}  // namespace dovetail
