// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/nonzero.h>
#include <c10/core/GradMode.h>
#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "tuning/adapter_folder.h"
#include "tuning/prompt_encoder.h"
#include "tuning/prompt_start.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

using at::Tensor;

// Prompt tuning: the prompt's vectors replace virtual ids in the encoder's input; the model is
// frozen.
class SoftPrompt final : public TuningMethod {
 public:
  SoftPrompt(T5Model& model, SoftTokenPlan plan, PromptStart start, PromptEncoder encoder,
             nlohmann::json parameters)
      : model_(model),
        plan_(std::move(plan)),
        notes_(std::move(start.notes)),
        table_KD_(std::move(start.table_KD)),
        encoder_(std::move(encoder)),
        parameters_(std::move(parameters)) {
    for (auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
      tensor.requires_grad_(false);
    }
    table_KD_.requires_grad_(true);
    model_.set_prepacking(Prepacking::both_ways);  // the backbone is frozen
    notes_["num_soft_tokens"] = num_soft_tokens();
    notes_["encoder"] = parameters_.value("encoder", "embedding");
  }

  NamedTensors trainable() override {
    NamedTensors trained = {{"prompt_embeddings", table_KD_}};
    trained.insert(trained.end(), encoder_.weights().begin(), encoder_.weights().end());
    return trained;
  }

  Tensor embed(const Tensor& ids_BS) override {
    const int64_t vocab_size = model_.config().vocab_size;
    const Tensor places = at::nonzero(ids_BS.flatten() >= vocab_size).squeeze(1);
    const Tensor which = ids_BS.flatten().index_select(0, places) - vocab_size;
    const Tensor embedded_BSD = model_.embed(ids_BS.clamp_max(vocab_size - 1));
    return embedded_BSD.flatten(0, 1)
        .index_copy(0, places, encoder_.forward(table_KD_).index_select(0, which))
        .view(embedded_BSD.sizes());
  }

  int64_t num_soft_tokens() const override { return static_cast<int64_t>(plan_.tokens.size()); }

  nlohmann::json notes() const override { return notes_; }

  // PEFT puts a prompt before the whole input. The soft tokens' names and placement are saved in a
  // file beside the adapter. The saved vectors are the prompt encoder's output.
  void save(const std::filesystem::path& folder) const override {
    const at::NoGradGuard no_grad;
    save_adapter(folder,
                 {{"peft_type", "PROMPT_TUNING"},
                  {"num_virtual_tokens", num_soft_tokens()},
                  {"token_dim", model_.config().d_model},
                  {"num_transformer_submodules", 1},
                  {"num_layers", model_.config().num_layers},
                  {"num_attention_heads", model_.config().num_heads},
                  {"prompt_tuning_init", "RANDOM"}},
                 {{"prompt_embeddings", encoder_.forward(table_KD_).detach().contiguous()}});
    nlohmann::json description = notes_;
    description["placement"] = parameters_.at("placement");
    for (const PromptToken& token : plan_.tokens) description["tokens"].push_back(token.name);
    write_file_atomically(folder / kSoftTokensFile, description.dump(2) + "\n");
  }

 private:
  T5Model& model_;
  SoftTokenPlan plan_;
  nlohmann::json notes_;
  Tensor table_KD_;
  PromptEncoder encoder_;
  nlohmann::json parameters_;
};

void check(const nlohmann::json& parameters) {
  const auto count = parameters.at("num_virtual_tokens").get<int64_t>();
  if (count < 1 || count > 1000) {
    throw_<ConfigError>("soft_prompt: num_virtual_tokens must be between 1 and 1000, found {}",
                        count);
  }
  const std::string placement = parameters.at("placement").get<std::string>();
  if (placement != "before" && placement != "after") {
    throw_<ConfigError>(
        "soft_prompt: placement must be \"before\" or \"after\" (the input), found \"{}\"",
        placement);
  }
  const std::string start = parameters.at("initialization").get<std::string>();
  const std::vector<std::string>& known = prompt_initializations();
  if (std::find(known.begin(), known.end(), start) == known.end()) {
    throw_<ConfigError>("soft_prompt: unknown initialization \"{}\": {}", start,
                        did_you_mean(start, known));
  }
  const bool has_folder = !parameters.value("initialization_folder", std::string()).empty();
  if ((start == "saved") != has_folder) {
    throw_<ConfigError>(
        "soft_prompt: initialization = \"saved\" and initialization_folder, the folder of a prompt "
        "that was kept "
        "(keep_model = true), go together; found {} without the other",
        has_folder ? "initialization_folder" : "\"saved\"");
  }
  read_prompt_encoder(parameters);
}

std::unique_ptr<TuningMethod> make_soft_prompt(T5Model& model, const nlohmann::json& parameters,
                                               uint64_t seed, const SoftTokenPlan& given) {
  check(parameters);
  SoftTokenPlan plan = given;
  if (plan.tokens.empty()) {
    const auto count = parameters.at("num_virtual_tokens").get<int64_t>();
    for (int64_t i = 0; i < count; ++i) plan.tokens.push_back({fmt::format("P{}", i), ""});
  }
  std::vector<std::string> groups;
  for (const PromptToken& token : plan.tokens) groups.push_back(token.group);
  PromptStart start = start_vectors(model, plan, parameters, seed);
  PromptEncoder encoder(read_prompt_encoder(parameters), model.config().d_model, std::move(groups),
                        seed, model.device());
  return std::make_unique<SoftPrompt>(model, std::move(plan), std::move(start), std::move(encoder),
                                      parameters);
}

}  // namespace

Tuning soft_prompt() {
  return {
      {.name = "soft_prompt",
       .paper = "Lester et al. 2021; placements and encoders as in MTO (Pouramini and Faili 2024)",
       .defaults = {{"num_virtual_tokens", 20},
                    {"placement", "before"},
                    {"initialization", "sampled_vocabulary"},
                    {"initialization_folder", ""},
                    {"encoder", "embedding"},
                    {"encoder_layers", 0},
                    {"encoder_hidden", 0}},
       .soft_tokens = true,
       .check = check},
      make_soft_prompt};
}

}  // namespace dovetail
