// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"
#include "base/random.h"
#include "tuning/adapter_config.h"
#include "tuning/prompt_adapter.h"
#include "tuning/prompt_start.h"
#include "tuning/soft_token_tuning.h"

// Shape suffixes: J source prompts and the target's.
namespace dovetail {

namespace {

using at::Tensor;

// Each source's prompt is the target's, plus a mixture of the source prompts and the target's. A
// small network on the largest number of each channel of the embedded text chooses the shares.
class PromptMixture final : public SoftTokenTuning {
 public:
  PromptMixture(T5Model& model, const nlohmann::json& parameters, SoftTokenPlan plan, uint64_t seed)
      : SoftTokenTuning("attempt", model, std::move(plan), parameters, seed) {
    if (!table_KD_.defined())
      throw ConfigError("attempt: num_virtual_tokens must be above 0: it mixes prompts");
    const int64_t d = model.config().d_model, r = parameters.at("projection_dim").get<int64_t>();
    make_sources(seed);
    auto generator = at::detail::createCPUGenerator(derive_seed(seed, "attempt"));
    const auto uniform = [&](int64_t outputs, int64_t inputs) {
      const double bound = 1 / std::sqrt(static_cast<double>(inputs));
      return at::empty({outputs, inputs}).uniform_(-bound, bound, generator);
    };
    down_rD_ = add_trained("attention.down.weight", uniform(r, d));
    up_Dr_ = add_trained("attention.up.weight", uniform(d, r));
    norm_D_ = add_trained("attention.norm.weight", at::ones({d}));
    norm_bias_D_ = add_trained("attention.norm.bias", at::zeros({d}));
  }

  NamedTensors stored() const override {
    NamedTensors named = SoftTokenTuning::stored();
    named.emplace_back("source_prompts", sources_JKD_);
    return named;
  }

 protected:
  nlohmann::json config() const override {
    nlohmann::json parameters = parameters_;
    parameters["num_sampled"] = sources_JKD_.size(0);  // whose values the file holds
    parameters["source_prompts"] = nlohmann::json::array();
    return own_config("attempt", parameters);
  }

  Tensor prompts(const Tensor& ids_BS, const Tensor& embedded_BSD) override {
    const Tensor hidden_BD = attention_query(ids_BS, embedded_BSD);
    const Tensor all_JKD = at::cat({sources_JKD_, table_KD_.unsqueeze(0)});
    const Tensor keys_JD = all_JKD.amax(1);
    const double temperature = static_cast<double>(embedded_BSD.size(2)) * std::numbers::e;
    const Tensor shares_BJ = at::softmax(at::matmul(hidden_BD, keys_JD.t()) / temperature, 1);
    const Tensor mixed_BKD =
        at::matmul(shares_BJ, all_JKD.flatten(1)).view({-1, table_KD_.size(0), table_KD_.size(1)});
    return table_KD_.unsqueeze(0) + mixed_BKD;
  }

 private:
  // Saved prompts of other tasks or, without them, as many of sampled pieces. They stay as they
  // are.
  void make_sources(uint64_t seed) {
    std::vector<Tensor> tables;
    for (const auto& folder : parameters_.at("source_prompts")) {
      const std::filesystem::path path = folder.get<std::string>();
      const PromptAdapter saved =
          read_prompt(path, read_adapter_config(path), model_.config().d_model);
      if (saved.size() != table_KD_.size(0)) {
        throw_<ConfigError>(
            "attempt: source prompt {} has {} vectors, and the target's {}; set "
            "num_virtual_tokens = {}",
            path.string(), saved.size(), table_KD_.size(0), saved.size());
      }
      tables.push_back(saved.table_KD.to(table_KD_.options().requires_grad(false)));
    }
    const auto sampled = parameters_.at("num_sampled").get<int64_t>();
    for (int64_t i = 0; tables.empty() ? i < sampled : false; ++i) {
      const uint64_t own = derive_seed(seed, fmt::format("source/{}", i));
      tables.push_back(start_vectors(model_, plan_, parameters_, own).table_KD);
    }
    sources_JKD_ = at::stack(tables).to(table_KD_.options().requires_grad(false));
    notes_["source_prompts"] = sources_JKD_.size(0);
  }

  Tensor attention_query(const Tensor& ids_BS, const Tensor& embedded_BSD) const {
    const Tensor text_BS1 = is_text(ids_BS) * (ids_BS != model_.config().pad_token_id).unsqueeze(2);
    const Tensor pooled_BD =
        embedded_BSD.masked_fill(text_BS1 == 0, -std::numeric_limits<float>::infinity()).amax(1);
    const Tensor up_BD = at::linear(at::silu(at::linear(pooled_BD, down_rD_)), up_Dr_);
    return at::layer_norm(up_BD, {up_BD.size(1)}, norm_D_, norm_bias_D_);
  }

  Tensor sources_JKD_, down_rD_, up_Dr_, norm_D_, norm_bias_D_;
};

}  // namespace

Tuning attempt() {
  Parameters parameters = soft_token_parameters(100);
  const Parameters own = {
      {"source_prompts", nlohmann::json::array(),
       "folders of saved prompts of other tasks, with as many vectors"},
      {"num_sampled", 3, "without them, source prompts of sampled pieces: a control",
       between(1, 100)},
      {"projection_dim", 100, "inner width of the network that chooses the shares",
       between(1, 4096)}};
  parameters.insert(parameters.end(), own.begin(), own.end());
  return {{.name = "attempt",
           .paper = "Asai et al. 2022 (ATTEMPT)",
           .parameters = with_saved_start(parameters),
           .soft_tokens = true,
           .starts_from = {kOwnType},
           .keeps_weights = always_keeps_weights},
          [](T5Model& model, const nlohmann::json& parameters, uint64_t seed,
             const SoftTokenPlan& plan) {
            return std::make_unique<PromptMixture>(model, parameters, plan, seed);
          }};
}

}  // namespace dovetail
