// SPDX-License-Identifier: Apache-2.0
#include "model/generation/score.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/model_input.h"
#include "app/model_options.h"
#include "base/error.h"

namespace dovetail {

namespace {

struct ScoreOptions {
  ModelOptions model;
  int64_t batch_tokens = 4096;
};

std::string scores_json(const TokenScores& scores) {
  std::vector<std::string> logprobs;
  for (const float logprob : scores.token_logprobs) logprobs.push_back(json_number(logprob));
  return fmt::format("{{\"logprob\":{},\"token_logprobs\":[{}],\"token_ranks\":[{}]}}",
                     json_number(static_cast<float>(scores.logprob)), fmt::join(logprobs, ","),
                     fmt::join(scores.token_ranks, ","));
}

std::vector<std::vector<size_t>> batches_of(const std::vector<ModelInput>& inputs,
                                            int64_t batch_tokens) {
  std::vector<std::pair<size_t, size_t>> sizes;
  for (const ModelInput& input : inputs)
    sizes.emplace_back(input.source.size(), input.target.size());
  return token_batches(sizes, static_cast<size_t>(batch_tokens));
}

std::vector<std::string> score_batch(const AdaptedModel& adapted,
                                     const std::vector<ModelInput>& inputs,
                                     const std::vector<size_t>& batch) {
  std::vector<Ids> sources, targets;
  for (const size_t i : batch) {
    sources.emplace_back(inputs[i].source);
    targets.emplace_back(inputs[i].target);
  }
  const at::InferenceMode inference;
  const EncodedSources encoded = encode_sources(adapted, sources);
  std::vector<std::string> answers;
  for (const TokenScores& scores : score_targets({&encoded, 1}, targets))
    answers.push_back(scores_json(scores));
  return answers;
}

int score_lines(const ScoreOptions& options) {
  AdaptedModel adapted = load_model(options.model);
  const PrepackedWeights ready(
      adapted.model, inference_precision(options.model.precision, adapted.model.device()));
  ModelInputReader inputs(options.model.input,
                          input_rules(options.model, adapted, /*with_target=*/true));
  answer_in_windows(
      inputs,
      {.batch_budget = options.batch_tokens,
       .cost =
           [&](const ModelInput& input) {
             return std::ssize(input.source) + std::ssize(input.target);
           },
       .batches = [&](const auto& window) { return batches_of(window, options.batch_tokens); },
       .answer = [&](const auto& window,
                     const auto& batch) { return score_batch(adapted, window, batch); }});
  return kSuccess;
}

}  // namespace

void add_score(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<ScoreOptions>();
  CLI::App* command = app.add_subcommand(
      "score",
      "Score given targets under a model: JSON lines in, JSON lines out, in the same order");
  add_model_options(
      *command, options->model,
      "Lines of {\"source\": TEXT, \"target\": TEXT}, or with \"source_ids\" and "
      "\"target_ids\"; - for standard input. Source and target texts get </s> at their end; ids "
      "are used unchanged");
  command
      ->add_option("--batch-tokens", options->batch_tokens,
                   "Most source and target tokens of a batch, padding included")
      ->check(CLI::PositiveNumber);
  command->footer(
      "Output, one line for each input line: logprob (the sum), token_logprobs, token_ranks (1 is "
      "the most likely).\n"
      "Example: dovetail score --model models/t5-small --input pairs.jsonl");
  command->callback([options, &chosen] { chosen = [options] { return score_lines(*options); }; });
}

}  // namespace dovetail
