// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "training/optimizer.h"

namespace dovetail {

using torch::Tensor;

namespace {

// Shazeer and Stern 2018, algorithms 4 and 5, with a fixed learning rate: the second moment of a
// matrix is kept as its row and column means only.
class Adafactor final : public Optimizer {
 public:
  explicit Adafactor(NamedTensors trained) : trained_(std::move(trained)) {
    for (const auto& [name, tensor] : trained_) {
      const bool factored = tensor.dim() >= 2;
      rows_.push_back(torch::zeros(factored ? rows_shape(tensor) : std::vector<int64_t>{0}));
      columns_.push_back(torch::zeros(factored ? columns_shape(tensor) : tensor.sizes().vec()));
    }
  }

  void step(double learning_rate, double gradient_scale) override {
    const torch::NoGradGuard no_grad;
    ++num_steps_;
    const double beta2 = 1 - std::pow(static_cast<double>(num_steps_), kDecay);
    for (size_t i = 0; i < trained_.size(); ++i) {
      Tensor& tensor = trained_[i].second;
      if (!tensor.grad().defined()) continue;
      const Tensor gradient = tensor.grad() * gradient_scale;
      Tensor update = tensor.dim() >= 2 ? factored(gradient, beta2, i) : plain(gradient, beta2, i);
      const double rms = update.norm().item<double>() / std::sqrt(static_cast<double>(update.numel()));
      update.div_(std::max(1.0, rms / kClipThreshold));
      tensor.sub_(update, learning_rate);
    }
  }

  std::vector<Tensor> state() override {
    std::vector<Tensor> all = rows_;
    all.insert(all.end(), columns_.begin(), columns_.end());
    return all;
  }

  void set_num_steps(int64_t steps) override { num_steps_ = steps; }

 private:
  static constexpr double kEpsilon = 1e-30, kClipThreshold = 1.0, kDecay = -0.8;

  static std::vector<int64_t> rows_shape(const Tensor& tensor) {
    return std::vector<int64_t>(tensor.sizes().begin(), tensor.sizes().end() - 1);
  }
  static std::vector<int64_t> columns_shape(const Tensor& tensor) {
    std::vector<int64_t> shape = tensor.sizes().vec();
    shape.erase(shape.end() - 2);
    return shape;
  }

  Tensor factored(const Tensor& gradient, double beta2, size_t i) {
    const Tensor squared = gradient.square() + kEpsilon;
    rows_[i].mul_(beta2).add_(squared.mean(-1), 1 - beta2);
    columns_[i].mul_(beta2).add_(squared.mean(-2), 1 - beta2);
    const Tensor row_factor = (rows_[i] / rows_[i].mean(-1, true)).rsqrt().unsqueeze(-1);
    return gradient * row_factor * columns_[i].rsqrt().unsqueeze(-2);
  }

  Tensor plain(const Tensor& gradient, double beta2, size_t i) {
    columns_[i].mul_(beta2).add_(gradient.square() + kEpsilon, 1 - beta2);
    return gradient * columns_[i].rsqrt();
  }

  NamedTensors trained_;
  std::vector<Tensor> rows_, columns_;   // vectors keep their whole second moment in columns_
  int64_t num_steps_ = 0;
};

}  // namespace

std::unique_ptr<Optimizer> make_adafactor(NamedTensors trained) {
  return std::make_unique<Adafactor>(std::move(trained));
}

}  // namespace dovetail
