// SPDX-License-Identifier: Apache-2.0
#include "app/model_options.h"

#include <ATen/Parallel.h>
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
                     "A LoRA adapter of that model, in PEFT's layout");
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

T5Model load_model(const ModelOptions& options) {
  at::set_num_threads(options.threads);
  const at::Device device = device_from(options.device);
  Checkpoint checkpoint = load_checkpoint(options.model);
  if (!device.is_cpu())
    checkpoint.weights = clone_weights(checkpoint.config, checkpoint.weights, device);
  T5Model model(checkpoint.config, std::move(checkpoint.weights));
  if (!options.adapter.empty()) load_adapter(options.adapter, model);
  return model;
}

ModelInputRules input_rules(const ModelOptions& options, const T5Model& model, bool with_target) {
  return {options.model, model.config().vocab_size, options.max_source_length, options.truncate,
          with_target};
}

std::string json_number(float number) {
  return std::isfinite(number) ? fmt::format("{}", number) : "null";
}

}  // namespace dovetail
