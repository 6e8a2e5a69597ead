// SPDX-License-Identifier: Apache-2.0
// Cases made by tests/oracles/optimizer_oracle.py with the reference implementations.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "model/checkpoints/safetensors.h"
#include "training/optimizer.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using at::Tensor;

struct Case {
  explicit Case(const fs::path& folder)
      : settings(Json::parse(read_file(folder / "settings.json"))) {
    for (auto& [name, tensor] : read_safetensors(folder / "steps.safetensors"))
      steps[name] = tensor;
    optimizer.name = settings.at("name");
    optimizer.weight_decay = settings.at("weight_decay");
    optimizer.parameters = settings.at("parameters");
  }
  Json settings;
  OptimizerSettings optimizer;
  std::map<std::string, Tensor> steps;
};

std::vector<fs::path> case_folders() {
  std::vector<fs::path> folders;
  if (!fs::exists(OPTIMIZER_ORACLE_FOLDER)) return folders;
  for (const auto& entry : fs::directory_iterator(OPTIMIZER_ORACLE_FOLDER))
    folders.push_back(entry);
  return folders;
}

// The greatest difference to the reference after any of the steps, relative to the largest number
// where that is above 1.
double difference(const Case& c, at::ScalarType type) {
  NamedTensors trained;
  for (int i = 0; i < c.settings.at("tensors"); ++i) {
    const Tensor start = c.steps.at(fmt::format("start.{}", i)).to(type, false, /*copy=*/true);
    trained.emplace_back(fmt::format("{}", i), start.requires_grad_(true));
  }
  const auto optimizer = make_optimizer(c.optimizer, trained);
  double greatest = 0;
  for (int step = 0; step < c.settings.at("steps"); ++step) {
    for (auto& [name, tensor] : trained) {
      tensor.mutable_grad() = c.steps.at(fmt::format("gradient.{}.{}", step, name)).to(type);
    }
    optimizer->step(c.settings.at("learning_rate"), 1.0);
    for (const auto& [name, tensor] : trained) {
      const Tensor after = c.steps.at(fmt::format("after.{}.{}", step, name));
      const double scale = std::max(1.0, after.abs().max().item<double>());
      greatest = std::max(greatest, (tensor - after).abs().max().item<double>() / scale);
    }
  }
  return greatest;
}

TEST(OptimizerParity, HasCasesOfEveryOptimizer) {
  std::set<std::string> names;
  for (const fs::path& folder : case_folders()) names.insert(Case(folder).optimizer.name);
  EXPECT_EQ(names.size(), optimizers().size());
}

TEST(OptimizerParity, TenStepsWithin1e5) {
  for (const fs::path& folder : case_folders()) {
    const Case c(folder);
    EXPECT_LT(difference(c, at::kFloat), 1e-5) << folder << " seed " << c.settings.at("seed");
    EXPECT_LT(difference(c, at::kDouble), 1e-5) << folder << " the plain way";
  }
}

}  // namespace
}  // namespace dovetail
