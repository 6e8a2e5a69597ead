// SPDX-License-Identifier: Apache-2.0
#include "app/model_options.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>

#include "jobs/adapter_base.h"
#include "model/checkpoints/checkpoint.h"
#include "model/device.h"
#include "tuning/adapter_folder.h"
#include "tuning/embed_soft_tokens.h"
#include "tuning/tuning_method.h"

namespace dovetail {

void add_model_options(CLI::App& command, ModelOptions& options, const std::string& about_input) {
  command
      .add_option("--model", options.model,
                  "A T5, Llama or GPT-2 folder in the Hugging Face layout: config.json, "
                  "model.safetensors, and "
                  "spiece.model or tokenizer.json if inputs are texts")
      ->required();
  command.add_option(
      "--adapter", options.adapter,
      "An adapter of that model, by PEFT or dovetail export: LoRA, a soft prompt ...");
  command.add_option("--input", options.input, about_input)->required();
  command
      .add_option("--max-source-length", options.max_source_length,
                  "Most tokens of a source; longer ones are refused")
      ->check(CLI::PositiveNumber);
  command.add_flag("--truncate", options.truncate,
                   "Cut longer sources instead (a text keeps its </s>)");
  command.add_option("--threads", options.threads, "Threads")->check(CLI::PositiveNumber);
  command.add_option("--device", options.device, "cpu or cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  command
      .add_option("--precision", options.precision,
                  "float32; bfloat16; or int8: fastest on a CPU, with weights and activations "
                  "rounded to eight bits")
      ->check(CLI::IsMember({"float32", "bfloat16", "int8"}));
}

AdaptedModel load_model(const ModelOptions& options) {
  at::set_num_threads(options.threads);
  const at::Device device = device_from(options.device);
  Checkpoint checkpoint = load_checkpoint(options.model);
  if (!device.is_cpu())
    checkpoint.weights = clone_weights(checkpoint.config, checkpoint.weights, device);
  AdaptedModel adapted{
      .owned = std::make_unique<T5Model>(checkpoint.config, std::move(checkpoint.weights)),
      .prompt = {}};
  if (options.adapter.empty()) return adapted;
  if (is_adapter(options.adapter))
    check_adapter_base(options.adapter, options.model, adapted.model);
  adapted.prompt = load_adapter(options.adapter, adapted.model);
  return adapted;
}

namespace {

at::Tensor embedded(const AdaptedModel& adapted, const at::Tensor& ids_BS) {
  const PromptAdapter& prompt = adapted.prompt;
  if (prompt.method) return prompt.method->embed(ids_BS);
  return prompt.size() > 0 ? embed_soft_tokens(adapted.model, ids_BS, prompt.table_KD)
                           : adapted.model.embed(ids_BS);
}

}  // namespace

EncodedSources encode_sources(const AdaptedModel& adapted, std::span<const Ids> sources) {
  const T5Model& model = adapted.model;
  const PaddedSources padded = pad_sources(sources);
  const at::Tensor ids_BS = padded.ids_BS.to(model.device());
  const at::Tensor mask_BS = padded.mask_BS.to(model.device());
  return {&model, model.encode(embedded(adapted, ids_BS), mask_BS), mask_BS};
}

ModelInputRules input_rules(const ModelOptions& options, const AdaptedModel& adapted,
                            bool with_target) {
  ModelInputRules rules{.model = options.model,
                        .vocab_size = adapted.model.config().vocab_size,
                        .max_source_length = options.max_source_length,
                        .truncate = options.truncate,
                        .with_target = with_target,
                        .texts = row_texts(adapted.model.config())};
  if (adapted.prompt.size() > 0) rules.prompt.emplace(adapted.prompt, rules.vocab_size);
  return rules;
}

std::string json_number(float number) {
  return std::isfinite(number) ? fmt::format("{}", number) : "null";
}

}  // namespace dovetail
