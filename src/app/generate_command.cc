// SPDX-License-Identifier: Apache-2.0
#include <c10/core/InferenceMode.h>

#include "model/generation/generate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <span>

#include "app/commands.h"
#include "app/generation_options.h"
#include "app/model_input.h"
#include "app/model_options.h"
#include "base/error.h"
#include "base/log.h"
#include "model/generation/score.h"

namespace dovetail {

namespace {

struct GenerateOptions {
  ModelOptions model;
  GenerationOptions generation;
  int64_t batch_size = 16;
};

// Whether answers can have texts. Inputs of ids need no vocabulary; a model without one gives ids
// alone. A vocabulary that is present but broken is an error.
bool has_vocabulary(ModelInputReader& inputs, const std::string& model) {
  try {
    inputs.vocabulary();
    return true;
  } catch (const DataError& error) {
    for (const char* file : {"spiece.model", "tokenizer.json", "tokenizer_config.json"}) {
      if (std::filesystem::exists(std::filesystem::path(model) / file)) throw;
    }
    fmt::print(stderr, "dovetail: {}; answers come without \"text\"\n", error.what());
    return false;
  }
}

// As in transformers: the tokenizer ends what the model reads, the generation settings say what
// ends its answers.
void note_other_end(const Vocabulary& vocabulary, const GenerationSettings& settings,
                    const std::string& model) {
  const int32_t end = vocabulary.special_ids().eos;
  if (settings.is_end(end) || settings.eos_token_id.empty()) return;
  log_warning("{}: the tokenizer ends texts with id {}, but answers end with eos_token_id {}",
              model, end, fmt::join(settings.eos_token_id, ", "));
}

std::string hypothesis_json(const Hypothesis& hypothesis, const Vocabulary* vocabulary) {
  std::string text;
  if (vocabulary != nullptr) {
    text = fmt::format("\"text\":{},", nlohmann::json(vocabulary->decode(hypothesis.ids)).dump());
  }
  return fmt::format("{{{}\"ids\":[{}],\"score\":{}}}", text, fmt::join(hypothesis.ids, ","),
                     json_number(static_cast<float>(hypothesis.score)));
}

std::string hypotheses_json(const std::vector<Hypothesis>& hypotheses,
                            const Vocabulary* vocabulary) {
  std::vector<std::string> lines;
  for (const Hypothesis& hypothesis : hypotheses)
    lines.push_back(hypothesis_json(hypothesis, vocabulary));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::vector<std::vector<Hypothesis>> generate_batch(const AdaptedModel& adapted,
                                                    GenerationSettings settings,
                                                    const std::vector<ModelInput>& inputs,
                                                    const std::vector<size_t>& batch) {
  const at::InferenceMode inference;
  std::vector<Ids> sources;
  settings.source_numbers.clear();
  for (const size_t i : batch) {
    sources.emplace_back(inputs[i].source);
    settings.source_numbers.push_back(inputs[i].number);
  }
  const EncodedSources encoded = encode_sources(adapted, sources);
  return generate({&encoded, 1}, settings);
}

std::vector<std::vector<size_t>> source_batches(const std::vector<ModelInput>& inputs,
                                                int64_t batch_size) {
  std::vector<size_t> lengths;
  for (const ModelInput& input : inputs) lengths.push_back(input.source.size());
  return length_batches(lengths, batch_size);
}

int generate_lines(const GenerateOptions& options) {
  AdaptedModel adapted = load_model(options.model);
  const T5Model& model = adapted.model;
  const PrepackedWeights ready(
      adapted.model, inference_precision(options.model.precision, adapted.model.device()));
  const GenerationSettings settings =
      options.generation.settings(model.config(), options.model.model);
  ModelInputReader inputs(options.model.input,
                          input_rules(options.model, adapted, /*with_target=*/false));
  const Vocabulary* vocabulary =
      has_vocabulary(inputs, options.model.model) ? &inputs.vocabulary() : nullptr;
  if (vocabulary != nullptr) note_other_end(*vocabulary, settings, options.model.model);
  answer_in_windows(
      inputs,
      {.batch_budget = options.batch_size,
       .cost = [](const ModelInput&) { return int64_t{1}; },
       .batches = [&](const auto& window) { return source_batches(window, options.batch_size); },
       .answer =
           [&](const auto& window, const auto& batch) {
             std::vector<std::string> answers;
             for (const auto& found : generate_batch(adapted, settings, window, batch)) {
               answers.push_back(hypotheses_json(found, vocabulary));
             }
             return answers;
           }});
  return kSuccess;
}

}  // namespace

void add_generate(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<GenerateOptions>();
  CLI::App* command = app.add_subcommand(
      "generate", "Generate answers to sources: JSON lines in, JSON lines out, in the same order");
  add_model_options(
      *command, options->model,
      "Lines of {\"source\": TEXT} or {\"source_ids\": [ID, ...]}; - for standard input. "
      "Texts get </s> at their end; ids are used unchanged");
  options->generation.add_to(*command);
  command->add_option("--batch-size", options->batch_size, "Sources decoded together")
      ->check(CLI::PositiveNumber);
  command->footer(
      "Defaults are those of the folder's generation_config.json, then transformers'.\n"
      "Output: text, ids (without the end), score. With beams the score is transformers' "
      "sequences_scores;\notherwise it is the sum of the tokens' log-probabilities, the end "
      "included, "
      "after all options\nhave been applied.\n"
      "Example: dovetail generate --model models/t5-small --input sources.jsonl --num-beams 4");
  command->callback(
      [options, &chosen] { chosen = [options] { return generate_lines(*options); }; });
}

}  // namespace dovetail
