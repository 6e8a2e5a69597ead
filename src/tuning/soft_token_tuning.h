// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tuning/around_frozen.h"

// Shape suffixes: B batch, S source with its soft tokens, K soft tokens, D d_model.
namespace dovetail {

// A tuning that trains soft tokens and changes the encoder's input in further ways, which no kind
// of PEFT's adapters holds.
class SoftTokenTuning : public AroundFrozen {
 public:
  at::Tensor embed(const at::Tensor& ids_BS) override;
  int64_t num_soft_tokens() const override { return std::ssize(plan_.tokens); }
  nlohmann::json notes() const override { return notes_; }
  void save(const std::filesystem::path& folder) const override;

 protected:
  // Trains the plan's tokens, or those of the parameter num_virtual_tokens, as "prompt_embeddings",
  // from the start that the parameter initialization names.
  SoftTokenTuning(std::string name, T5Model& model, SoftTokenPlan plan, nlohmann::json parameters,
                  uint64_t seed);

  nlohmann::json config() const override { return own_config(name_, parameters_); }

  // The embedded text, [B, S, D] with the pad token's embedding at soft tokens, changed.
  virtual at::Tensor change_text(const at::Tensor& ids_BS, const at::Tensor& embedded_BSD) {
    (void)ids_BS;
    return embedded_BSD;
  }
  // The soft tokens' vectors for each source: [B, K, D], or [1, K, D] for all.
  virtual at::Tensor prompts(const at::Tensor& ids_BS, const at::Tensor& embedded_BSD) {
    (void)ids_BS, (void)embedded_BSD;
    return table_KD_.unsqueeze(0);
  }

  // 1 at the text's ids, 0 at soft tokens: [B, S, 1], of the model's type.
  at::Tensor is_text(const at::Tensor& ids_BS) const;

  nlohmann::json parameters_;
  SoftTokenPlan plan_;
  at::Tensor table_KD_;  // undefined without soft tokens
  nlohmann::json notes_;

 private:
  std::string name_;
};

// The parameters that every such tuning has, with as many soft tokens by default: a template places
// them.
Parameters soft_token_parameters(int64_t num_virtual_tokens);

}  // namespace dovetail
