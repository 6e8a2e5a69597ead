// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"
#include "model/block_additions.h"
#include "tuning/adapter_config.h"
#include "tuning/soft_token_tuning.h"

namespace dovetail {

namespace {

using at::Tensor;

// A prompt, and a bottleneck on the embedding of every token of the text, the same at each place:
// e + W2 relu(W1 e + b1) + b2.
class AdaptiveDecomposedPrompt final : public SoftTokenTuning {
 public:
  AdaptiveDecomposedPrompt(T5Model& model, const nlohmann::json& parameters, SoftTokenPlan plan,
                           uint64_t seed)
      : SoftTokenTuning("adept", model, std::move(plan), parameters, seed) {
    auto generator = at::detail::createCPUGenerator(derive_seed(seed, "adept"));
    offsets_ = make_bottleneck("embedding.adapter", parameters.at("r").get<int64_t>(), generator);
  }

 protected:
  Tensor change_text(const Tensor& ids_BS, const Tensor& embedded_BSD) override {
    (void)ids_BS;  // what this makes of soft tokens' places is overwritten
    return add_bottleneck(offsets_, embedded_BSD, embedded_BSD);
  }

 private:
  Bottleneck offsets_;
};

}  // namespace

Tuning adept() {
  Parameters parameters = soft_token_parameters(60);
  parameters.push_back({"r", 19, "inner width", between(1, 4096)});
  return {{.name = "adept",
           .paper = "Tang et al. 2025 (ADePT)",
           .parameters = with_saved_start(parameters),
           .soft_tokens = true,
           .starts_from = {kOwnType},
           .keeps_weights = always_keeps_weights},
          [](T5Model& model, const nlohmann::json& parameters, uint64_t seed,
             const SoftTokenPlan& plan) {
            return std::make_unique<AdaptiveDecomposedPrompt>(model, parameters, plan, seed);
          }};
}

}  // namespace dovetail
