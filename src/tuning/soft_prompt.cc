// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "tuning/adapter_config.h"
#include "tuning/adapter_folder.h"
#include "tuning/around_frozen.h"
#include "tuning/embed_soft_tokens.h"
#include "tuning/prompt_adapter.h"
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
    freeze(model_);
    table_KD_.requires_grad_(true);
    notes_["num_soft_tokens"] = num_soft_tokens();
    notes_["encoder"] = parameters_.value("encoder", "embedding");
  }

  NamedTensors trainable() override {
    NamedTensors trained = {{"prompt_embeddings", table_KD_}};
    trained.insert(trained.end(), encoder_.weights().begin(), encoder_.weights().end());
    return trained;
  }

  Tensor embed(const Tensor& ids_BS) override {
    return embed_soft_tokens(model_, ids_BS, encoder_.forward(table_KD_));
  }

  int64_t num_soft_tokens() const override { return static_cast<int64_t>(plan_.tokens.size()); }

  nlohmann::json notes() const override { return notes_; }

  // PEFT puts a prompt before the whole input. A text that stands before ours becomes a part of the
  // prompt there, and any other place makes it no prompt of PEFT's. The saved vectors are the
  // prompt encoder's output.
  void save(const std::filesystem::path& folder) const override {
    const at::NoGradGuard no_grad;
    const bool in_front = stands_in_front(plan_.source, plan_.names());
    Tensor rows_KD = encoder_.forward(table_KD_).detach();
    if (in_front) rows_KD = at::cat({text_in_front(), rows_KD});
    const T5Config& shape = model_.config();
    save_adapter(folder,
                 {{"peft_type", in_front ? "PROMPT_TUNING" : kOwnPromptType},
                  {"num_virtual_tokens", rows_KD.size(0)},
                  {"token_dim", shape.d_model},
                  {"num_transformer_submodules", 1},
                  {"num_layers", shape.is_causal() ? shape.num_decoder_layers : shape.num_layers},
                  {"num_attention_heads", shape.num_heads},
                  {"prompt_tuning_init", "RANDOM"}},
                 {{"prompt_embeddings", rows_KD.contiguous()}}, task_type_of(model_));
    write_soft_tokens(folder, plan_, notes_, rows_KD.size(0) - num_soft_tokens());
  }

 private:
  // The embeddings of the text before the tokens.
  Tensor text_in_front() const {
    const std::vector<int32_t>& ids = plan_.source.front().ids;
    const std::vector<int64_t> rows(ids.begin(), ids.end());
    const Tensor index = at::tensor(rows, at::kLong).to(model_.device());
    return model_.weights().shared_VD.detach().index_select(0, index);
  }

  T5Model& model_;
  SoftTokenPlan plan_;
  nlohmann::json notes_;
  Tensor table_KD_;
  PromptEncoder encoder_;
  nlohmann::json parameters_;
};

void check_soft_prompt(const nlohmann::json& parameters) {
  const std::string start = parameters.at("initialization").get<std::string>();
  const bool has_folder = !parameters.at("initialization_folder").get<std::string>().empty();
  if ((start == "saved") != has_folder) {
    throw_<ConfigError>(
        "soft_prompt: initialization = \"saved\" and initialization_folder, the folder of a prompt "
        "saved with keep_model = true, need each other; found {} without the other",
        has_folder ? "initialization_folder" : "\"saved\"");
  }
  read_prompt_encoder(parameters);
}

std::unique_ptr<TuningMethod> make_soft_prompt(T5Model& model, const nlohmann::json& parameters,
                                               uint64_t seed, const SoftTokenPlan& given) {
  SoftTokenPlan plan = plan_or_default(given, parameters);
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
       .parameters = {{"num_virtual_tokens", 20, "soft tokens, where the template names none",
                       between(1, 1000)},
                      {"placement",
                       "before",
                       "the side of the input that the prompt is on",
                       {},
                       {"before", "after"}},
                      {"initialization",
                       "sampled_vocabulary",
                       "the vectors at the start",
                       {},
                       prompt_initializations()},
                      {"initialization_folder", "",
                       "folder of a saved prompt, with initialization saved"},
                      {"encoder", "embedding",
                       "embedding, mlp, mlp_residual, lstm or multitask; KIND@LAYERS@HIDDEN gives "
                       "its size too"},
                      {"encoder_layers", 0,
                       "hidden layers, of multitask the rank; 0: one, for lstm two",
                       between(0, 16)},
                      {"encoder_hidden", 0, "hidden width; 0: d_model, for lstm half of it",
                       between(0, 65536)}},
       .soft_tokens = true,
       .starts_from = {"PROMPT_TUNING", "P_TUNING", kOwnPromptType},
       .keeps_weights = always_keeps_weights,
       .check = check_soft_prompt},
      make_soft_prompt};
}

}  // namespace dovetail
