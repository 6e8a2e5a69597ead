// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "tuning/adapter_folder.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

using torch::Tensor;

// Rows that a prompt may start from: the most frequent pieces, without the special ids
// (Lester et al. 2021, sec. 3.2, sample from the 5,000 most common).
constexpr int64_t kFirstPiece = 3, kLastPiece = 5000;

Tensor sampled_vocabulary(const T5Model& model, int64_t count, uint64_t seed) {
  const Tensor& shared_VD = model.weights().shared_VD;
  const int64_t last = std::min(kLastPiece, shared_VD.size(0));
  Rng rng(derive_seed(seed, "soft_prompt"));
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i) rows.push_back(kFirstPiece + rng.below(last - kFirstPiece));
  return shared_VD.detach().index_select(0, torch::tensor(rows, torch::kInt64).to(shared_VD.device()));
}

Tensor random_uniform(const T5Model& model, int64_t count, uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(derive_seed(seed, "soft_prompt"));
  return torch::empty({count, model.config().d_model}).uniform_(-0.5, 0.5, generator).to(model.device());
}

// The prompt's vectors take the places of virtual ids in the encoder's input; the model is frozen.
class SoftPrompt final : public TuningMethod {
 public:
  SoftPrompt(T5Model& model, SoftTokens tokens, Tensor start_KD)
      : model_(model), tokens_(tokens), prompt_KD_(std::move(start_KD)) {
    for (auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
      tensor.requires_grad_(false);
    }
    prompt_KD_.requires_grad_(true);
    model_.set_packing(Packing::both_ways);   // nothing of the model changes any more
  }

  NamedTensors trainable() override { return {{"prompt_embeddings", prompt_KD_}}; }

  Tensor embed(const Tensor& ids_BS) override {
    const int64_t vocab_size = model_.config().vocab_size;
    const Tensor places = torch::nonzero(ids_BS.flatten() >= vocab_size).squeeze(1);
    const Tensor which = ids_BS.flatten().index_select(0, places) - vocab_size;
    const Tensor embedded_BSD = model_.embed(ids_BS.clamp_max(vocab_size - 1));
    return embedded_BSD.flatten(0, 1)
        .index_copy(0, places, prompt_KD_.index_select(0, which))
        .view(embedded_BSD.sizes());
  }

  SoftTokens soft_tokens() const override { return tokens_; }

  // PEFT puts its prompt before everything; where ours stands is told beside it.
  void save(const std::filesystem::path& folder) const override {
    save_adapter(folder, {{"peft_type", "PROMPT_TUNING"},
                          {"num_virtual_tokens", tokens_.count},
                          {"token_dim", model_.config().d_model},
                          {"num_transformer_submodules", 1},
                          {"num_layers", model_.config().num_layers},
                          {"num_attention_heads", model_.config().num_heads},
                          {"prompt_tuning_init", "RANDOM"}},
                 {{"prompt_embeddings", prompt_KD_}});
    write_file_atomically(folder / "dovetail_placement.txt",
                          tokens_.placement == Placement::before ? "before the input\n" : "after the input\n");
  }

 private:
  T5Model& model_;
  SoftTokens tokens_;
  Tensor prompt_KD_;
};

SoftTokens read_tokens(const nlohmann::json& parameters) {
  SoftTokens tokens;
  tokens.count = parameters.at("num_virtual_tokens").get<int64_t>();
  if (tokens.count < 1 || tokens.count > 1000) {
    throw_<ConfigError>("soft_prompt: num_virtual_tokens must be between 1 and 1000, found {}",
                        tokens.count);
  }
  const std::string placement = parameters.at("placement").get<std::string>();
  if (placement != "before" && placement != "after") {
    throw_<ConfigError>("soft_prompt: placement must be \"before\" or \"after\" (the input), found \"{}\"",
                        placement);
  }
  tokens.placement = placement == "before" ? Placement::before : Placement::after;
  return tokens;
}

std::unique_ptr<TuningMethod> make_soft_prompt(T5Model& model, const nlohmann::json& parameters,
                                               uint64_t seed) {
  const SoftTokens tokens = read_tokens(parameters);
  const std::string start = parameters.at("initialization").get<std::string>();
  if (start == "sampled_vocabulary") {
    return std::make_unique<SoftPrompt>(model, tokens, sampled_vocabulary(model, tokens.count, seed));
  }
  if (start == "random_uniform") {
    return std::make_unique<SoftPrompt>(model, tokens, random_uniform(model, tokens.count, seed));
  }
  throw_<ConfigError>(
      "soft_prompt: initialization must be \"sampled_vocabulary\" or \"random_uniform\", found \"{}\"",
      start);
}

}  // namespace

Tuning soft_prompt() {
  return {{"soft_prompt",
           "Lester et al. 2021; placements as in MTO's PrePT and PostPT (Pouramini and Faili 2024)",
           {{"num_virtual_tokens", 20},
            {"placement", "before"},
            {"initialization", "sampled_vocabulary"}}},
          make_soft_prompt};
}

}  // namespace dovetail
