// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.h"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/catalogue.h"
#include "kernels/optimizer_cpu.h"

namespace dovetail {

using at::Tensor;

#define OPTIMIZER(name) OptimizerKind name();
#include "training/optimizers.inc"
#undef OPTIMIZER

namespace {

const std::vector<OptimizerKind>& catalogue() {
  static const std::vector<OptimizerKind> all = {
#define OPTIMIZER(name) name(),
#include "training/optimizers.inc"
#undef OPTIMIZER
  };
  return all;
}

const OptimizerKind& find_optimizer(const std::string& name) {
  return find_in_catalogue("optimizer", catalogue(), name,
                           [](const OptimizerKind& kind) { return kind.entry.name; });
}

double squares(const Tensor& tensor) {
  if (tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat) {
    const Tensor values = tensor.contiguous();
    return sum_of_squares(values.const_data_ptr<float>(), values.numel());
  }
  return tensor.detach().to(at::kDouble).square().sum().item<double>();
}

// "x.lora_A.weight" -> "x.lora_B.weight": the name of what multiplies a tensor, where the tunings
// have such pairs; any other name is its own.
std::string other_factor(std::string name) {
  constexpr std::pair<std::string_view, std::string_view> kFactors[] = {
      {".lora_A.", ".lora_B."},
      {"lora_embedding_A", "lora_embedding_B"},
      {"adapter.down.weight", "adapter.up.weight"},
      {".vera_lambda_d", ".vera_lambda_b"}};
  for (const auto& [first, second] : kFactors) {
    const size_t place = name.rfind(first);
    if (place != std::string::npos) return name.replace(place, first.size(), second);
  }
  return name;
}

}  // namespace

std::vector<OptimizerEntry> optimizers() {
  std::vector<OptimizerEntry> entries;
  for (const OptimizerKind& kind : catalogue()) entries.push_back(kind.entry);
  return entries;
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, NamedTensors trained) {
  const NamedTensors all = trained;
  return make_optimizer(settings, std::move(trained), all);
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, NamedTensors trained,
                                          const NamedTensors& all) {
  const OptimizerKind& kind = find_optimizer(settings.name);
  OptimizerSettings whole = settings;
  whole.parameters = resolve_parameters(kind.entry, settings.parameters);
  return kind.make(whole, std::move(trained), all);
}

double gradient_norm(const NamedTensors& trained) {
  double sum = 0;
  for (const auto& [name, tensor] : trained) {
    if (tensor.grad().defined()) sum += squares(tensor.grad());
  }
  return std::sqrt(sum);
}

bool suits_kernels(const Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
}

Tensor zero_state(const Tensor& tensor) {
  const auto type = tensor.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  return at::zeros(tensor.sizes(), tensor.options().dtype(type).requires_grad(false));
}

ParameterScale::ParameterScale(bool scales, const NamedTensors& trained, const NamedTensors& all) {
  std::set<std::string> zeros;
  if (scales) {
    for (const auto& [name, tensor] : all)
      if (squares(tensor) == 0) zeros.insert(name);
  }
  for (const auto& [name, tensor] : trained)
    scaled_.push_back(scales && !zeros.contains(name) && !zeros.contains(other_factor(name)));
}

double ParameterScale::of(size_t i, const Tensor& tensor) const {
  constexpr double kSmallest = 1e-3;
  if (!scaled_[i]) return 1;
  return std::max(kSmallest, std::sqrt(squares(tensor) / static_cast<double>(tensor.numel())));
}

void for_stretches(int64_t count, const std::function<void(int64_t, int64_t)>& body) {
  constexpr int64_t kSmallest = int64_t{1}
                                << 15;  // below it a second thread costs more than it brings
  at::parallel_for(0, count, kSmallest, body);
}

}  // namespace dovetail
