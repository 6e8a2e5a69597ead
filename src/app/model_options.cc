// SPDX-License-Identifier: Apache-2.0
#include "app/model_options.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>

#include "model/checkpoints/checkpoint.h"
#include "model/device.h"
#include "tuning/adapter_folder.h"

namespace dovetail {

void add_model_options(CLI::App& command, ModelOptions& options, const std::string& about_input) {
  command
      .add_option("--model", options.model,
                  "A T5 folder in the Hugging Face layout: config.json, model.safetensors, and "
                  "spiece.model or tokenizer.json if inputs are texts")
      ->required();
  command.add_option("--adapter", options.adapter,
                     "A LoRA adapter or a soft prompt of that model, in PEFT's layout");
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
}

AdaptedModel load_model(const ModelOptions& options) {
  at::set_num_threads(options.threads);
  const at::Device device = device_from(options.device);
  Checkpoint checkpoint = load_checkpoint(options.model);
  if (!device.is_cpu())
    checkpoint.weights = clone_weights(checkpoint.config, checkpoint.weights, device);
  AdaptedModel adapted{T5Model(checkpoint.config, std::move(checkpoint.weights)), at::Tensor()};
  if (!options.adapter.empty()) adapted.prompt_KD = load_adapter(options.adapter, adapted.model);
  return adapted;
}

EncodedSources encode_sources(const AdaptedModel& adapted, std::span<const Ids> sources) {
  const T5Model& model = adapted.model;
  const PaddedSources padded = pad_sources(sources);
  at::Tensor embedded_BSD = model.embed(padded.ids_BS.to(model.device()));
  at::Tensor mask_BS = padded.mask_BS.to(model.device());
  if (const int64_t length = adapted.prompt_length(); length > 0) {
    const int64_t batch = mask_BS.size(0);
    embedded_BSD = at::cat({adapted.prompt_KD.expand({batch, -1, -1}), embedded_BSD}, 1);
    mask_BS = at::cat({at::ones({batch, length}, mask_BS.options()), mask_BS}, 1);
  }
  return {model.encode(embedded_BSD, mask_BS), mask_BS};
}

ModelInputRules input_rules(const ModelOptions& options, const T5Model& model, bool with_target) {
  return {options.model, model.config().vocab_size, options.max_source_length, options.truncate,
          with_target};
}

std::string json_number(float number) {
  return std::isfinite(number) ? fmt::format("{}", number) : "null";
}

}  // namespace dovetail
