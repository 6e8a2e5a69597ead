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
#include <numeric>
#include <span>

#include "app/commands.h"
#include "app/model_input.h"
#include "app/model_options.h"
#include "base/error.h"
#include "model/generation/score.h"

namespace dovetail {

namespace {

struct GenerateOptions {
  ModelOptions model;
  GenerationSettings settings;
  int64_t batch_size = 16;
};

// Whether answers can have texts. Inputs of ids need no vocabulary; a model without one gives ids
// alone. A vocabulary that is present but broken is an error.
bool has_vocabulary(ModelInputReader& inputs, const std::string& model) {
  try {
    inputs.vocabulary();
    return true;
  } catch (const DataError& error) {
    for (const char* file : {"spiece.model", "tokenizer_config.json"}) {
      if (std::filesystem::exists(std::filesystem::path(model) / file)) throw;
    }
    fmt::print(stderr, "dovetail: {}; answers come without \"text\"\n", error.what());
    return false;
  }
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
  return generate(adapted.model, encoded.memory_BSD, encoded.mask_BS, settings);
}

// Batches of `batch_size` inputs of similar length, long ones first.
std::vector<std::vector<size_t>> length_batches(const std::vector<ModelInput>& inputs,
                                                int64_t batch_size) {
  std::vector<size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return inputs[a].source.size() > inputs[b].source.size();
  });
  std::vector<std::vector<size_t>> batches;
  for (auto first = order.begin(); first != order.end();) {
    const auto end = first + std::min(batch_size, order.end() - first);
    batches.emplace_back(first, end);
    first = end;
  }
  return batches;
}

int generate_lines(const GenerateOptions& options) {
  AdaptedModel adapted = load_model(options.model);
  const T5Model& model = adapted.model;
  const PrepackedWeights prepacked(adapted.model);
  check_generation_settings(options.settings, model.config().vocab_size);
  ModelInputReader inputs(options.model.input,
                          input_rules(options.model, model, /*with_target=*/false));
  const Vocabulary* vocabulary =
      has_vocabulary(inputs, options.model.model) ? &inputs.vocabulary() : nullptr;
  answer_in_windows(
      inputs,
      {.batch_budget = options.batch_size,
       .cost = [](const ModelInput&) { return int64_t{1}; },
       .batches = [&](const auto& window) { return length_batches(window, options.batch_size); },
       .answer =
           [&](const auto& window, const auto& batch) {
             std::vector<std::string> answers;
             for (const auto& found : generate_batch(adapted, options.settings, window, batch)) {
               answers.push_back(hypotheses_json(found, vocabulary));
             }
             return answers;
           }});
  return kSuccess;
}

void add_search_options(CLI::App& command, GenerationSettings& settings) {
  static const std::map<std::string, EarlyStopping> kEarlyStopping = {
      {"false", EarlyStopping::kFalse},
      {"true", EarlyStopping::kTrue},
      {"never", EarlyStopping::kNever}};
  command.add_option("--num-beams", settings.num_beams, "1: greedy, or sampling");
  command.add_option("--max-new-tokens", settings.max_new_tokens, "Most new tokens, </s> included");
  command.add_option("--min-new-tokens", settings.min_new_tokens, "Fewest new tokens before </s>");
  command.add_option("--length-penalty", settings.length_penalty,
                     "Beams: divides scores by the length to this power");
  command
      .add_option("--early-stopping", settings.early_stopping,
                  "Beams: true stops at num-beams finished sequences, false when better ones are "
                  "unlikely, never when they are impossible")
      ->transform(CLI::CheckedTransformer(kEarlyStopping))
      ->default_str("false");
  command.add_option("--no-repeat-ngram-size", settings.no_repeat_ngram_size,
                     "No n-gram of this size occurs twice; 0: off");
  command.add_option("--repetition-penalty", settings.repetition_penalty,
                     "Above 1: fewer repetitions");
  command.add_option("--forced-bos-token-id", settings.forced_bos_token_id,
                     "Id of the first new token");
  command.add_option("--forced-eos-token-id", settings.forced_eos_token_id,
                     "Id of the token at max-new-tokens");
  command.add_option("--num-return-sequences", settings.num_return_sequences,
                     "Output lines for each input line; beams give the best first");
}

void add_sampling_options(CLI::App& command, GenerationSettings& settings) {
  command.add_flag("--do-sample", settings.do_sample,
                   "Sample tokens instead of taking the most likely one");
  command.add_option("--temperature", settings.temperature, "Sampling: divides logits");
  command.add_option("--top-k", settings.top_k, "Sampling: only the k most likely tokens; 0: all");
  command.add_option("--top-p", settings.top_p,
                     "Sampling: only the most likely tokens whose probabilities add up to this");
  command.add_option("--seed", settings.seed,
                     "Seed of sampling; batching does not change the draws");
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
  add_search_options(*command, options->settings);
  add_sampling_options(*command, options->settings);
  command->add_option("--batch-size", options->batch_size, "Sources decoded together")
      ->check(CLI::PositiveNumber);
  command->footer(
      "Output: text, ids (without </s>), score. With beams the score is transformers' "
      "sequences_scores;\notherwise it is the sum of the tokens' log-probabilities, </s> included, "
      "after all options\nhave been applied.\n"
      "Example: dovetail generate --model models/t5-small --input sources.jsonl --num-beams 4");
  command->callback(
      [options, &chosen] { chosen = [options] { return generate_lines(*options); }; });
}

}  // namespace dovetail
