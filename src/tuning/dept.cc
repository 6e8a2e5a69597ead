// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "tuning/adapter_config.h"
#include "tuning/soft_token_tuning.h"

// Shape suffixes: s positions, r rank, m soft tokens.
namespace dovetail {

namespace {

using at::Tensor;

constexpr int64_t kPositions = 256;  // of the paper's small sets; a cell says its own
constexpr double kAlpha = 8;  // the released code's lora_alpha; the paper's formula has no scale

// A prompt of m vectors, and scale * A B added to the embedded text: row i to its i-th token. So
// the rows are a learned low-rank embedding of absolute positions, the same for every source.
class DecomposedPrompt final : public SoftTokenTuning {
 public:
  DecomposedPrompt(T5Model& model, const nlohmann::json& parameters, SoftTokenPlan plan,
                   uint64_t seed)
      : SoftTokenTuning("dept", model, std::move(plan), parameters, seed),
        positions_(parameters.at("max_source_length").get<int64_t>()) {
    if (positions_ == 0) positions_ = kPositions;
    const int64_t d = model.config().d_model;
    const int64_t r = rank(d);
    parameters_["r"] = r;
    notes_["r"] = r;
    notes_["max_source_length"] = positions_;
    if (r == 0) return;
    scale_ = kAlpha / std::sqrt(static_cast<double>(r));
    auto generator = at::detail::createCPUGenerator(derive_seed(seed, "dept"));
    const double bound = 1 / std::sqrt(static_cast<double>(r));
    a_sr_ = add_trained("lora_embedding_A",
                        at::empty({positions_, r}).uniform_(-bound, bound, generator));
    b_rD_ = add_trained("lora_embedding_B", at::zeros({r, d}));
  }

 protected:
  Tensor change_text(const Tensor& ids_BS, const Tensor& embedded_BSD) override {
    if (!a_sr_.defined()) return embedded_BSD;
    const Tensor text_BS1 = is_text(ids_BS);
    const Tensor place_BS = (text_BS1.squeeze(2).to(at::kLong).cumsum(1) - 1).clamp_min(0);
    if (const auto longest = place_BS.max().item<int64_t>(); longest >= positions_) {
      throw_<ConfigError>(
          "dept: a source has {} tokens and max_source_length = {}; set it to {} at least",
          longest + 1, positions_, longest + 1);
    }
    const Tensor delta_sD = at::mm(a_sr_, b_rD_) * scale_;
    const Tensor added = delta_sD.index_select(0, place_BS.flatten()).view(embedded_BSD.sizes());
    return embedded_BSD + added * text_BS1;
  }

 private:
  // Given, or that of the budget: l d = m d + r (s + d).
  int64_t rank(int64_t d) const {
    const auto given = parameters_.at("r").get<int64_t>();
    const auto budget = parameters_.at("prompt_budget").get<int64_t>();
    if (budget == 0) return given;
    const auto m = static_cast<int64_t>(plan_.tokens.size());
    const double wanted = static_cast<double>((budget - m) * d),
                 each = static_cast<double>(positions_ + d);
    const auto r = static_cast<int64_t>(std::llround(wanted / each));
    const double off = static_cast<double>(r) * each - wanted;
    if (budget < m || std::abs(off) > 0.01 * static_cast<double>(budget * d)) {
      throw_<ConfigError>(
          "dept: no whole r spends the budget of prompt_budget = {} vectors within 1 % beside {} "
          "soft tokens (it would be {:.2f}, with max_source_length {} and d_model {}); set "
          "prompt_budget = 0 and r = {}, or another num_virtual_tokens",
          budget, m, wanted / each, positions_, d, std::max<int64_t>(r, 1));
    }
    return r;
  }

  int64_t positions_;
  double scale_ = 0;
  Tensor a_sr_, b_rD_;
};

void check_dept(const nlohmann::json& parameters) {
  const auto m = parameters.at("num_virtual_tokens").get<int64_t>(),
             r = parameters.at("r").get<int64_t>(),
             budget = parameters.at("prompt_budget").get<int64_t>();
  if (m == 0 && r == 0 && budget == 0) {
    throw ConfigError(
        "dept: num_virtual_tokens and r are both 0, and nothing is trained; the paper has 60 and "
        "30 for a d_model of 768");
  }
}

}  // namespace

Tuning dept() {
  Parameters parameters = soft_token_parameters(60);
  const Parameters own = {
      {"r", 30, "rank of what is added to the embedded text; 0: nothing", between(0, 4096)},
      {"prompt_budget", 0,
       "r from the vectors l of a prompt of as many trained numbers: (l - m) d / (s + d); 0: r as "
       "given",
       between(0, 10000)},
      {"max_source_length", 0,
       "s, the positions of the text that have a row; 0: max_source_length of [tune]",
       between(0, 65536)}};
  parameters.insert(parameters.end(), own.begin(), own.end());
  return {{.name = "dept",
           .paper = "Shi and Lipani 2024 (DePT); scale, starts and positions as in its code",
           .parameters = with_saved_start(parameters),
           .soft_tokens = true,
           .starts_from = {kOwnType},
           .keeps_weights = always_keeps_weights,
           .check = check_dept},
          [](T5Model& model, const nlohmann::json& parameters, uint64_t seed,
             const SoftTokenPlan& plan) {
            return std::make_unique<DecomposedPrompt>(model, parameters, plan, seed);
          }};
}

}  // namespace dovetail
