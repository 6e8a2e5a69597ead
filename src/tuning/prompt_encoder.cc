// SPDX-License-Identifier: Apache-2.0
#include "tuning/prompt_encoder.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/names.h"
#include "base/random.h"

namespace dovetail {

using at::Tensor;

namespace {

const std::vector<std::string> kKinds = {"embedding", "mlp", "mlp_residual", "lstm", "multitask"};

int64_t whole_number(const std::string& text, const std::string& encoder) {
  if (!text.empty() && text.size() < 7 &&
      text.find_first_not_of("0123456789") == std::string::npos) {
    return std::stoll(text);
  }
  throw_<ConfigError>("soft_prompt: encoder \"{}\": expected KIND@LAYERS@HIDDEN, as in mlp@2@200",
                      encoder);
}

}  // namespace

PromptEncoderSettings read_prompt_encoder(const nlohmann::json& parameters) {
  const std::string given = parameters.value("encoder", "embedding");
  const std::vector<std::string> parts = split(given, '@');
  PromptEncoderSettings settings{.kind = parts[0],
                                 .layers = parameters.value("encoder_layers", int64_t{0}),
                                 .hidden = parameters.value("encoder_hidden", int64_t{0})};
  if (std::find(kKinds.begin(), kKinds.end(), settings.kind) == kKinds.end()) {
    throw_<ConfigError>("soft_prompt: unknown encoder \"{}\": {}", given,
                        did_you_mean(settings.kind, kKinds));
  }
  if (parts.size() > 3) whole_number("", given);
  if (parts.size() > 1) settings.layers = whole_number(parts[1], given);
  if (parts.size() > 2) settings.hidden = whole_number(parts[2], given);
  if (settings.layers < 0 || settings.layers > 16 || settings.hidden < 0 ||
      settings.hidden > 65536) {
    throw_<ConfigError>(
        "soft_prompt: encoder_layers must be between 1 and 16 and encoder_hidden between 1 and "
        "65536 (0: the encoder's own), found {} and {}",
        settings.layers, settings.hidden);
  }
  return settings;
}

PromptEncoder::PromptEncoder(const PromptEncoderSettings& settings, int64_t d_model,
                             std::vector<std::string> groups, uint64_t seed,
                             const at::Device& device)
    : settings_(settings),
      d_model_(d_model),
      groups_(std::move(groups)),
      generator_(at::detail::createCPUGenerator(derive_seed(seed, "prompt_encoder"))),
      device_(device) {
  const bool is_lstm = settings_.kind == "lstm";
  if (settings_.layers == 0) settings_.layers = is_lstm ? 2 : 1;
  if (settings_.hidden == 0)
    settings_.hidden = is_lstm ? std::max<int64_t>(1, d_model / 2) : d_model;
  const int64_t hidden = settings_.hidden;
  if (is_lstm) {
    add_lstm();
    first_linear_ = static_cast<int64_t>(weights_.size());
    add_linear(d_model, d_model);
    add_linear(d_model, d_model);
    if (2 * hidden != d_model) add_linear(2 * hidden, d_model);
  } else if (settings_.kind == "mlp") {
    add_linear(d_model, hidden);
    for (int64_t i = 1; i < settings_.layers; ++i) add_linear(hidden, hidden);
    add_linear(hidden, d_model);
  } else if (settings_.kind == "mlp_residual") {
    for (int64_t i = 0; i < settings_.layers; ++i) {
      add_linear(d_model, hidden);
      add_linear(hidden, d_model);
    }
  } else if (settings_.kind == "multitask") {
    add_ones("task_cols", {std::ssize(groups_), settings_.layers});
    add_ones("task_rows", {settings_.layers, d_model});
  }
}

void PromptEncoder::add_ones(const std::string& name, at::IntArrayRef shape) {
  weights_.emplace_back("prompt_encoder." + name, at::ones(shape).to(device_).requires_grad_(true));
}

// Initialises as PyTorch's layers do: uniform within 1 / sqrt(inputs).
void PromptEncoder::add(const std::string& name, at::IntArrayRef shape, double bound) {
  Tensor tensor = at::empty(shape).uniform_(-bound, bound, generator_).to(device_);
  weights_.emplace_back("prompt_encoder." + name, tensor.requires_grad_(true));
}

void PromptEncoder::add_linear(int64_t inputs, int64_t outputs) {
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  add(fmt::format("linear.{}.weight", num_linear_), {outputs, inputs}, bound);
  add(fmt::format("linear.{}.bias", num_linear_), {outputs}, bound);
  ++num_linear_;
}

void PromptEncoder::add_lstm() {
  const int64_t hidden = settings_.hidden;
  const double bound = 1 / std::sqrt(static_cast<double>(hidden));
  for (int64_t layer = 0; layer < settings_.layers; ++layer) {
    const int64_t inputs = layer == 0 ? d_model_ : 2 * hidden;
    for (const char* direction : {"", "_reverse"}) {
      add(fmt::format("lstm.weight_ih_l{}{}", layer, direction), {4 * hidden, inputs}, bound);
      add(fmt::format("lstm.weight_hh_l{}{}", layer, direction), {4 * hidden, hidden}, bound);
      add(fmt::format("lstm.bias_ih_l{}{}", layer, direction), {4 * hidden}, bound);
      add(fmt::format("lstm.bias_hh_l{}{}", layer, direction), {4 * hidden}, bound);
    }
  }
}

Tensor PromptEncoder::linear(const Tensor& x, int64_t which) const {
  const int64_t at = first_linear_ + 2 * which;
  return at::linear(x, weights_[at].second, weights_[at + 1].second);
}

Tensor PromptEncoder::residual(const Tensor& x, int64_t which) const {
  return x + linear(at::relu(linear(x, which)), which + 1);
}

// Runs the LSTM over each group separately, so that tokens of one relation do not depend on
// another's.
Tensor PromptEncoder::lstm(const Tensor& x_KD) const {
  std::vector<Tensor> parameters;
  for (int64_t i = 0; i < first_linear_; ++i) parameters.push_back(weights_[i].second);
  std::map<std::string, std::vector<int64_t>> rows;
  for (size_t i = 0; i < groups_.size(); ++i) rows[groups_[i]].push_back(static_cast<int64_t>(i));
  std::vector<Tensor> outputs;
  std::vector<int64_t> order;
  const Tensor zero = at::zeros({2 * settings_.layers, 1, settings_.hidden}, x_KD.options());
  for (const auto& [group, members] : rows) {
    const Tensor index = at::tensor(members, at::kLong).to(x_KD.device());
    const Tensor sequence = x_KD.index_select(0, index).unsqueeze(0);
    const auto [output, h, c] =
        at::lstm(sequence, {zero, zero}, parameters, /*has_biases=*/true, settings_.layers,
                 /*dropout=*/0.0, /*train=*/true, /*bidirectional=*/true, /*batch_first=*/true);
    outputs.push_back(output.squeeze(0));
    order.insert(order.end(), members.begin(), members.end());
  }
  const Tensor back = at::argsort(at::tensor(order, at::kLong)).to(x_KD.device());
  return at::cat(outputs).index_select(0, back);
}

Tensor PromptEncoder::forward(const Tensor& table_KD) const {
  if (settings_.kind == "embedding") return table_KD;
  Tensor x = table_KD;
  if (settings_.kind == "mlp") {
    for (int64_t i = 0; i < num_linear_; ++i) x = linear(i > 0 ? at::relu(x) : x, i);
  } else if (settings_.kind == "mlp_residual") {
    for (int64_t i = 0; i < num_linear_; i += 2) x = residual(x, i);
  } else if (settings_.kind == "multitask") {
    x = x * at::mm(weights_[0].second, weights_[1].second) / settings_.layers;
  } else {
    x = lstm(x);
    if (num_linear_ == 3) x = linear(x, 2);
    x = residual(x, 0);
  }
  return x;
}

}  // namespace dovetail
