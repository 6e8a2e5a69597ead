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

// Windows of so many batches are sorted by length.
constexpr int64_t kWindowBatches = 32;

// Ids go without a vocabulary; then there is no text in the answers either. One that is there and
// cannot be used is an error.
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

std::string json_line(const Hypothesis& hypothesis, const Vocabulary* vocabulary) {
  std::string text;
  if (vocabulary != nullptr) {
    text = fmt::format("\"text\":{},", nlohmann::json(vocabulary->decode(hypothesis.ids)).dump());
  }
  return fmt::format("{{{}\"ids\":[{}],\"score\":{}}}", text, fmt::join(hypothesis.ids, ","),
                     json_number(static_cast<float>(hypothesis.score)));
}

std::string json_lines(const std::vector<Hypothesis>& hypotheses, const Vocabulary* vocabulary) {
  std::vector<std::string> lines;
  for (const Hypothesis& hypothesis : hypotheses)
    lines.push_back(json_line(hypothesis, vocabulary));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

// The batch's sources in the order of `places`.
std::vector<std::vector<Hypothesis>> generate_batch(const T5Model& model,
                                                    GenerationSettings settings,
                                                    const std::vector<ModelInput>& inputs,
                                                    std::span<const size_t> places) {
  const at::InferenceMode inference;
  std::vector<Ids> sources;
  settings.source_numbers.clear();
  for (const size_t place : places) {
    sources.emplace_back(inputs[place].source);
    settings.source_numbers.push_back(inputs[place].number);
  }
  const PaddedSources padded = pad_sources(sources);
  const at::Tensor mask = padded.mask_BS.to(model.device());
  return generate(model, model.encode(model.embed(padded.ids_BS.to(model.device())), mask), mask,
                  settings);
}

std::vector<std::string> generate_window(const T5Model& model, const GenerateOptions& options,
                                         const std::vector<ModelInput>& inputs,
                                         const Vocabulary* vocabulary) {
  std::vector<size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return inputs[a].source.size() > inputs[b].source.size();
  });
  std::vector<std::string> lines(inputs.size());
  const auto batch_size = static_cast<size_t>(options.batch_size);
  for (size_t first = 0; first < order.size(); first += batch_size) {
    const auto places = std::span(order).subspan(first, std::min(batch_size, order.size() - first));
    const auto found = generate_batch(model, options.settings, inputs, places);
    for (size_t i = 0; i < places.size(); ++i) lines[places[i]] = json_lines(found[i], vocabulary);
  }
  return lines;
}

int generate_lines(const GenerateOptions& options) {
  T5Model model = load_model(options.model);
  const PrepackedWeights packed(model);
  check_generation_settings(options.settings, model.config().vocab_size);
  ModelInputReader inputs(options.model.input,
                          input_rules(options.model, model, /*with_target=*/false));
  const Vocabulary* vocabulary =
      has_vocabulary(inputs, options.model.model) ? &inputs.vocabulary() : nullptr;
  answer_in_windows(
      inputs, kWindowBatches * options.batch_size, [](const ModelInput&) { return int64_t{1}; },
      [&](const std::vector<ModelInput>& window) {
        return generate_window(model, options, window, vocabulary);
      });
  return kSuccess;
}

void add_search_options(CLI::App& command, GenerationSettings& settings) {
  static const std::map<std::string, EarlyStopping> kEarlyStopping = {
      {"false", EarlyStopping::kFalse},
      {"true", EarlyStopping::kTrue},
      {"never", EarlyStopping::kNever}};
  command.add_option("--num-beams", settings.num_beams, "1: greedy, or sampling");
  command.add_option("--max-new-tokens", settings.max_new_tokens,
                     "Tokens at most, </s> among them");
  command.add_option("--min-new-tokens", settings.min_new_tokens, "No </s> before so many tokens");
  command.add_option("--length-penalty", settings.length_penalty,
                     "Beams: scores are divided by the length to this power");
  command
      .add_option("--early-stopping", settings.early_stopping,
                  "Beams: true stops at num-beams finished sequences, false where better ones are "
                  "unlikely, never where they cannot come")
      ->transform(CLI::CheckedTransformer(kEarlyStopping))
      ->default_str("false");
  command.add_option("--no-repeat-ngram-size", settings.no_repeat_ngram_size,
                     "No run of so many tokens comes twice; 0: off");
  command.add_option("--repetition-penalty", settings.repetition_penalty,
                     "Above 1: fewer repetitions");
  command.add_option("--forced-bos-token-id", settings.forced_bos_token_id,
                     "Id of the first new token");
  command.add_option("--forced-eos-token-id", settings.forced_eos_token_id,
                     "Id of the token at max-new-tokens");
  command.add_option("--num-return-sequences", settings.num_return_sequences,
                     "So many lines out for a line in, with beams best first");
}

void add_sampling_options(CLI::App& command, GenerationSettings& settings) {
  command.add_flag("--do-sample", settings.do_sample,
                   "Draw tokens instead of taking the likeliest");
  command.add_option("--temperature", settings.temperature, "Sampling: logits are divided by it");
  command.add_option("--top-k", settings.top_k,
                     "Sampling: only from the k likeliest tokens; 0: all");
  command.add_option("--top-p", settings.top_p,
                     "Sampling: only from the likeliest tokens that hold this share together");
  command.add_option("--seed", settings.seed,
                     "The same seed draws the same, however lines are batched");
}

}  // namespace

void add_generate(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<GenerateOptions>();
  CLI::App* command = app.add_subcommand(
      "generate", "What a model answers to sources: JSON lines in, JSON lines out, in their order");
  add_model_options(
      *command, options->model,
      "Lines of {\"source\": TEXT} or {\"source_ids\": [ID, ...]}; - for standard input. "
      "A text gets </s> at its end; ids are taken as they are");
  add_search_options(*command, options->settings);
  add_sampling_options(*command, options->settings);
  command->add_option("--batch-size", options->batch_size, "Sources decoded together")
      ->check(CLI::PositiveNumber);
  command->footer(
      "Out: text, ids (without </s>), score. The score of beams is transformers' sequences_scores; "
      "else "
      "it\nis the sum of the tokens' log-probabilities, </s> among them, after the options have "
      "acted.\n"
      "Example: dovetail generate --model models/t5-small --input sources.jsonl --num-beams 4");
  command->callback(
      [options, &chosen] { chosen = [options] { return generate_lines(*options); }; });
}

}  // namespace dovetail
