// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "tuning/embed_soft_tokens.h"
#include "tuning/own_weights.h"
#include "tuning/prompt_start.h"

namespace dovetail {

namespace {

using at::Tensor;

// Every weight of the model, and the vectors of the soft tokens.
class FullAndPrompt final : public OwnWeights {
 public:
  FullAndPrompt(T5Model& model, PromptStart start)
      : OwnWeights(model, [](const std::string&) { return true; }),
        notes_(std::move(start.notes)),
        table_KD_(start.table_KD.detach().clone()) {
    table_KD_.requires_grad_(true);
    trained_.emplace_back("prompt_embeddings", table_KD_);
    notes_["num_soft_tokens"] = num_soft_tokens();
  }

  Tensor embed(const Tensor& ids_BS) override {
    return embed_soft_tokens(model_, ids_BS, table_KD_);
  }
  int64_t num_soft_tokens() const override { return table_KD_.size(0); }
  nlohmann::json notes() const override { return notes_; }
  void save(const std::filesystem::path&) const override { DOVETAIL_CHECK(false); }

 private:
  nlohmann::json notes_;
  Tensor table_KD_;
};

}  // namespace

Tuning full_and_prompt() {
  return {{.name = "full_and_prompt",
           .paper = "Liu et al. 2021 (survey), sec. 7.2.5: prompt and model; with soft_cloze as in "
                    "DART (Zhang et al. 2022) without its fluency constraint",
           .parameters = {{"num_virtual_tokens", 20, "soft tokens, where the template names none",
                           between(1, 1000)},
                          {"placement",
                           "before",
                           "the side of the input that the soft tokens are on",
                           {},
                           {"before", "after"}},
                          {"initialization",
                           "words",
                           "the vectors at the start; words: of the word of each, else sampled",
                           {},
                           {"words", "sampled_vocabulary", "random_uniform", "random_normal"}}},
           .soft_tokens = true,
           .has_folder = false},
          [](T5Model& model, const nlohmann::json& parameters, uint64_t seed,
             const SoftTokenPlan& given) {
            const SoftTokenPlan plan = plan_or_default(given, parameters);
            return std::make_unique<FullAndPrompt>(model,
                                                   start_vectors(model, plan, parameters, seed));
          }};
}

}  // namespace dovetail
