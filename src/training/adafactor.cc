// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "kernels/optimizer_cpu.h"
#include "training/optimizer.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr double kEpsilon = 1e-30;  // added to squared gradients

// A tensor as a row of matrices; a vector is one matrix of one row.
struct Layout {
  explicit Layout(const Tensor& tensor)
      : factored(tensor.dim() >= 2),
        rows(factored ? tensor.size(-2) : 1),
        columns(factored ? tensor.size(-1) : tensor.numel()),
        matrices(rows * columns == 0 ? 0 : tensor.numel() / (rows * columns)) {}
  bool factored;
  int64_t rows, columns, matrices;
};

void blend(float* average, const std::vector<float>& values, double decay) {
  const float keep = static_cast<float>(decay), share = static_cast<float>(1 - decay);
  for (size_t i = 0; i < values.size(); ++i) average[i] = keep * average[i] + share * values[i];
}

// Shazeer and Stern 2018: the second moment of a matrix is kept as its row and column means only.
class Adafactor final : public Optimizer {
 public:
  Adafactor(const OptimizerSettings& settings, NamedTensors trained, const NamedTensors& all)
      : weight_decay_(settings.weight_decay),
        scale_(settings.parameters.at("scale_parameter").get<bool>(), trained, all),
        trained_(std::move(trained)) {
    const Json& parameters = settings.parameters;
    parameters.at("relative_step").get_to(relative_step_);
    parameters.at("warmup_init").get_to(warmup_init_);
    parameters.at("beta1").get_to(beta1_);
    parameters.at("clip_threshold").get_to(clip_threshold_);
    parameters.at("decay_rate").get_to(decay_rate_);
    for (const auto& [name, tensor] : trained_) {
      const Tensor whole = zero_state(tensor);
      const bool factored = Layout(tensor).factored;
      rows_.push_back(factored ? whole.sum(-1) : whole.new_zeros({0}));
      columns_.push_back(factored ? whole.sum(-2) : whole);
      if (beta1_ > 0) first_.push_back(at::zeros_like(whole));
    }
  }

  void step(double learning_rate, double gradient_scale) override {
    const at::NoGradGuard no_grad;
    ++num_steps_;
    const double base = relative_step_ ? relative_rate() : learning_rate;
    for (size_t i = 0; i < trained_.size(); ++i) {
      const Tensor& tensor = trained_[i].second;
      if (!tensor.grad().defined() || tensor.numel() == 0) continue;
      const double scale = scale_.of(i, tensor);
      suits_kernels(tensor) ? fast(i, base * scale, gradient_scale)
                            : plain(i, base * scale, gradient_scale);
    }
  }

  std::vector<Tensor> state() override {
    std::vector<Tensor> all = rows_;
    all.insert(all.end(), columns_.begin(), columns_.end());
    all.insert(all.end(), first_.begin(), first_.end());
    return all;
  }

  void set_num_steps(int64_t steps) override { num_steps_ = steps; }

 private:
  double relative_rate() const {
    const double steps = static_cast<double>(num_steps_);
    return std::min(warmup_init_ ? 1e-6 * steps : 1e-2, 1 / std::sqrt(steps));
  }
  double decay() const { return 1 - std::pow(static_cast<double>(num_steps_), decay_rate_); }
  double clipping(double sum_of_squares, int64_t count) const {
    return std::max(1.0, std::sqrt(sum_of_squares / static_cast<double>(count)) / clip_threshold_);
  }

  void fast(size_t i, double rate, double gradient_scale);
  void add_means(size_t i, const Layout& layout, const float* gradient, float scale);
  std::vector<float> row_factors(size_t i, const Layout& layout, float scale) const;
  std::vector<float> column_factors(size_t i) const;
  void plain(size_t i, double rate, double gradient_scale);

  double weight_decay_, beta1_ = 0, clip_threshold_ = 1, decay_rate_ = -0.8;
  bool relative_step_ = false, warmup_init_ = false;
  ParameterScale scale_;
  NamedTensors trained_;
  std::vector<Tensor> rows_, columns_;  // vectors keep their whole second moment in columns_
  std::vector<Tensor> first_;           // of the updates, where beta1 > 0
  int64_t num_steps_ = 0;
};

void Adafactor::add_means(size_t i, const Layout& layout, const float* gradient, float scale) {
  std::vector<float> row_means(layout.matrices * layout.rows);
  std::vector<float> column_means(layout.matrices * layout.columns);
  for (int64_t m = 0; m < layout.matrices; ++m) {
    squared_means(gradient + m * layout.rows * layout.columns, scale, static_cast<float>(kEpsilon),
                  layout.rows, layout.columns, row_means.data() + m * layout.rows,
                  column_means.data() + m * layout.columns);
  }
  if (layout.factored) blend(rows_[i].data_ptr<float>(), row_means, decay());
  blend(columns_[i].data_ptr<float>(), column_means, decay());
}

// 1 / sqrt(row / mean of its matrix's rows), times what scales the gradient.
std::vector<float> Adafactor::row_factors(size_t i, const Layout& layout, float scale) const {
  std::vector<float> factors(layout.matrices * layout.rows, scale);
  if (!layout.factored) return factors;
  const float* means = rows_[i].const_data_ptr<float>();
  for (int64_t m = 0; m < layout.matrices; ++m) {
    double sum = 0;
    for (int64_t r = 0; r < layout.rows; ++r) sum += means[m * layout.rows + r];
    const double mean = sum / static_cast<double>(layout.rows);
    for (int64_t r = m * layout.rows; r < (m + 1) * layout.rows; ++r) {
      factors[r] = static_cast<float>(scale * std::sqrt(mean / means[r]));
    }
  }
  return factors;
}

std::vector<float> Adafactor::column_factors(size_t i) const {
  const float* means = columns_[i].const_data_ptr<float>();
  std::vector<float> factors(columns_[i].numel());
  for (size_t c = 0; c < factors.size(); ++c) factors[c] = 1.0f / std::sqrt(means[c]);
  return factors;
}

void Adafactor::fast(size_t i, double rate, double gradient_scale) {
  const Tensor& tensor = trained_[i].second;
  const Tensor contiguous = tensor.grad().contiguous();
  const float* gradient = contiguous.const_data_ptr<float>();
  const Layout layout(tensor);
  const float scale = static_cast<float>(gradient_scale);
  add_means(i, layout, gradient, scale);
  const std::vector<float> by_row = row_factors(i, layout, scale), by_column = column_factors(i);
  const int64_t area = layout.rows * layout.columns;
  double squares = 0;
  for (int64_t m = 0; m < layout.matrices; ++m) {
    squares +=
        factored_sum_of_squares(gradient + m * area, by_row.data() + m * layout.rows,
                                by_column.data() + m * layout.columns, layout.rows, layout.columns);
  }
  const AdafactorStep step{static_cast<float>(rate / clipping(squares, tensor.numel())),
                           static_cast<float>(1 - rate * weight_decay_),
                           static_cast<float>(beta1_)};
  for (int64_t m = 0; m < layout.matrices; ++m) {
    adafactor_update(tensor.data_ptr<float>() + m * area, gradient + m * area,
                     by_row.data() + m * layout.rows, by_column.data() + m * layout.columns,
                     first_.empty() ? nullptr : first_[i].data_ptr<float>() + m * area, layout.rows,
                     layout.columns, step);
  }
}

void Adafactor::plain(size_t i, double rate, double gradient_scale) {
  Tensor& tensor = trained_[i].second;
  const auto type = columns_[i].scalar_type();
  const Tensor gradient = tensor.grad().to(type) * gradient_scale;
  const Tensor squared = gradient.square() + kEpsilon;
  const bool factored = Layout(tensor).factored;
  columns_[i].mul_(decay()).add_(factored ? squared.mean(-2) : squared, 1 - decay());
  Tensor update;
  if (factored) {
    rows_[i].mul_(decay()).add_(squared.mean(-1), 1 - decay());
    const Tensor by_row = (rows_[i] / rows_[i].mean(-1, true)).rsqrt().unsqueeze(-1);
    update = gradient * by_row * columns_[i].rsqrt().unsqueeze(-2);
  } else {
    update = gradient * columns_[i].rsqrt();
  }
  const double squares = update.square().sum(at::kDouble).item<double>();
  update.mul_(rate / clipping(squares, tensor.numel()));
  if (!first_.empty()) update = first_[i].mul_(beta1_).add_(update, 1 - beta1_);
  tensor.copy_(tensor.to(type) * (1 - rate * weight_decay_) - update);
}

void check_warmup_init(const nlohmann::json& parameters) {
  if (parameters.at("warmup_init").get<bool>() && !parameters.at("relative_step").get<bool>()) {
    throw_<ConfigError>(
        "adafactor: warmup_init = true is a part of relative_step = true; give both, "
        "or use warmup with a learning_rate");
  }
}

}  // namespace

// The defaults are the published arguments of T5 fine-tuning: a fixed rate, neither a first moment
// (beta1 0) nor scaling by the parameters. relative_step replaces learning_rate and schedule.
OptimizerKind adafactor() {
  return {
      {"adafactor",
       "Shazeer and Stern 2018, algorithms 4 and 5",
       {{"scale_parameter", false,
         "whether a step is scaled by the tensor's root mean square (1 where it starts at zero)"},
        {"relative_step", false, "min(0.01, 1 / sqrt(t)) in place of learning_rate"},
        {"warmup_init", false, "whether relative_step begins at 1e-6 t"},
        {"beta1", 0.0, "decay of the first moment; 0: none", from_up_to(0, 1)},
        {"clip_threshold", 1.0, "root mean square above which an update is scaled down",
         from_up_to(1e-6, 1e6)},
        {"decay_rate", -0.8, "the second moment decays by 1 - t^decay_rate", from_up_to(-10, 0)}},
       check_warmup_init},
      [](const OptimizerSettings& settings, NamedTensors trained, const NamedTensors& all) {
        return std::make_unique<Adafactor>(settings, std::move(trained), all);
      }};
}

}  // namespace dovetail
