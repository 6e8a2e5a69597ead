// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "tuning/around_frozen.h"

namespace dovetail {

namespace {

using at::Tensor;

// Trained keys and values before those of the text, in every layer: an entry [P, 2 I] for each
// place. With `projection` the entries are what a network makes of a trained row of d_model numbers
// for each position, in every step anew.
class Prefix final : public AroundFrozen {
 public:
  Prefix(T5Model& model, nlohmann::json parameters, uint64_t seed)
      : AroundFrozen(model),
        parameters_(std::move(parameters)),
        places_(set_of(parameters_.at("places"))),
        peft_sharing_(parameters_.at("sharing") == "peft"),
        generator_(at::detail::createCPUGenerator(derive_seed(seed, "prefix"))) {
    const auto rows = parameters_.at("num_virtual_tokens").get<int64_t>();
    if (parameters_.at("projection").get<bool>()) {
      make_network(rows);
    } else {
      make_entries(rows);
    }
    set_prefixes();
  }

  Tensor embed(const Tensor& ids_BS) override {
    if (!network_.empty()) set_prefixes();
    return model_.embed(ids_BS);
  }

  // PEFT stores what the network made, the entries side by side.
  NamedTensors stored() const override {
    if (!peft_sharing_) return AroundFrozen::stored();
    const at::NoGradGuard no_grad;
    return {{"prompt_embeddings", at::cat(made_entries(), 1)}};
  }

  void restore(const NamedTensors& tensors) override {
    if (!peft_sharing_) return AroundFrozen::restore(tensors);
    const NamedTensors own = stored();
    if (tensors.size() != 1 || tensors[0].first != own[0].first ||
        tensors[0].second.sizes() != own[0].second.sizes())
      throw DataError("expected one tensor, prompt_embeddings, of the model's width");
    const at::NoGradGuard no_grad;
    const std::vector<Tensor> parts = tensors[0].second.chunk(num_entries(), 1);
    for (size_t i = 0; i < parts.size(); ++i) entries_.at(i).copy_(parts[i]);
  }

 protected:
  nlohmann::json config() const override {
    if (!peft_sharing_) return own_config("prefix", parameters_);
    const T5Config& config = model_.config();
    return {{"peft_type", "PREFIX_TUNING"},
            {"num_virtual_tokens", parameters_.at("num_virtual_tokens")},
            {"token_dim", config.inner_dim()},
            {"num_transformer_submodules", 2},
            {"num_attention_heads", config.num_heads},
            {"num_layers", config.num_decoder_layers},
            {"encoder_hidden_size", config.d_model},
            {"prefix_projection", false}};
  }

 private:
  Tensor normal(int64_t rows, int64_t columns) {
    return at::empty({rows, columns}).normal_(0, 1, generator_);
  }

  void make_entries(int64_t rows) {
    for (int64_t i = 0; i < num_entries(); ++i) {
      const Tensor start = normal(rows, entry_width());
      const bool used = !peft_sharing_ || peft_entries().contains(i);
      entries_.push_back(used ? add_trained(fmt::format("prefix.{}", i), start) : start);
    }
  }

  // PEFT 0.21.2 deals the keys and values of L layers out in fours, for self- and cross-attention
  // of layer after layer, begins anew halfway down, and then drops those for cross-attention:
  // layer l gets entry 2 l mod L.
  int64_t peft_entry(int64_t layer) const { return 2 * layer % num_entries(); }
  std::set<int64_t> peft_entries() const {
    std::set<int64_t> used;
    for (int64_t layer = 0; layer < num_entries(); ++layer) used.insert(peft_entry(layer));
    return used;
  }

  // Embedding, linear layer, tanh, linear layer (Li and Liang 2021, sec. 4.3).
  void make_network(int64_t rows) {
    const auto given = parameters_.at("hidden").get<int64_t>();
    const int64_t d = model_.config().d_model, hidden = given > 0 ? given : d;
    network_.push_back(add_trained("prefix.embedding", normal(rows, d)));
    add_layer("prefix.0", d, hidden);
    add_layer("prefix.2", hidden, num_entries() * entry_width());
  }

  void add_layer(const std::string& name, int64_t inputs, int64_t outputs) {
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    network_.push_back(add_trained(
        name + ".weight", at::empty({outputs, inputs}).uniform_(-bound, bound, generator_)));
    network_.push_back(add_trained(name + ".bias", at::zeros({outputs})));
  }

  int64_t entry_width() const { return 2 * model_.config().inner_dim(); }
  int64_t num_entries() const {
    const T5Config& config = model_.config();
    if (peft_sharing_) return config.num_decoder_layers;
    return config.num_layers * places_.contains("encoder") +
           config.num_decoder_layers * (places_.contains("decoder") + places_.contains("cross"));
  }

  std::vector<Tensor> made_entries() const {
    if (network_.empty()) return entries_;
    const Tensor inner = at::tanh(at::linear(network_[0], network_[1], network_[2]));
    return at::linear(inner, network_[3], network_[4]).chunk(num_entries(), 1);
  }

  void set_prefixes() {
    const std::vector<Tensor> entries = made_entries();
    std::vector<BlockAdditions>& decoder = model_.decoder_additions();
    if (peft_sharing_) {
      for (size_t i = 0; i < decoder.size(); ++i)
        decoder[i].self_prefix_P2I = entries[peft_entry(static_cast<int64_t>(i))];
      return;
    }
    auto next = entries.begin();
    if (places_.contains("encoder"))
      for (BlockAdditions& block : model_.encoder_additions()) block.self_prefix_P2I = *next++;
    if (places_.contains("decoder"))
      for (BlockAdditions& block : decoder) block.self_prefix_P2I = *next++;
    if (places_.contains("cross"))
      for (BlockAdditions& block : decoder) block.cross_prefix_P2I = *next++;
  }

  nlohmann::json parameters_;
  std::set<std::string> places_;
  bool peft_sharing_;
  at::Generator generator_;
  std::vector<Tensor> entries_;  // without a network
  std::vector<Tensor> network_;  // embedding, weight, bias, weight, bias
};

void check_prefix(const nlohmann::json& parameters) {
  if (parameters.at("sharing") == "peft" && parameters.at("projection") == true) {
    throw ConfigError(
        "prefix: sharing = \"peft\" is stored without its network; set projection = false");
  }
  if (!parameters.at("places").empty()) return;
  throw ConfigError("prefix: places names nothing; name some of encoder, decoder, cross");
}

}  // namespace

Tuning prefix() {
  return {
      {.name = "prefix",
       .paper = "Li and Liang 2021; without projection it is P-tuning v2",
       .parameters = with_saved_start(
           {{"num_virtual_tokens", 20, "keys and values before those of the text",
             between(1, 1000)},
            {"places",
             {"encoder", "decoder", "cross"},
             "attentions with a prefix: those of the encoder, the decoder's own, its "
             "cross-attention",
             {},
             {"encoder", "decoder", "cross"}},
            {"projection", false, "whether a network makes them (reparametrisation)"},
            {"hidden", 0, "its inner width; 0: d_model", between(0, 65536)},
            {"sharing",
             "none",
             "peft: as PEFT 0.21.2 has it, which can then load it: the decoder's self-attention "
             "alone, whose layers l and l + L/2 share a prefix if their number L is even",
             {},
             {"none", "peft"}}}),
       .starts_from = {"PREFIX_TUNING"},
       .keeps_weights = always_keeps_weights,
       .check = check_prefix},
      [](T5Model& model, const nlohmann::json& parameters, uint64_t seed, const SoftTokenPlan&) {
        refuse_causal(model, "prefix");
        return std::make_unique<Prefix>(model, parameters, seed);
      }};
}

}  // namespace dovetail
