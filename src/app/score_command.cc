// SPDX-License-Identifier: Apache-2.0
#include "model/generation/score.h"

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

// Windows of so many batches are sorted by length.
constexpr int64_t kWindowBatches = 32;

std::string json_line(const TokenScores& scores) {
  std::vector<std::string> logprobs;
  for (const float logprob : scores.token_logprobs) logprobs.push_back(json_number(logprob));
  return fmt::format("{{\"logprob\":{},\"token_logprobs\":[{}],\"token_ranks\":[{}]}}",
                     json_number(static_cast<float>(scores.logprob)), fmt::join(logprobs, ","),
                     fmt::join(scores.token_ranks, ","));
}

std::vector<std::string> score_window(const T5Model& model, const std::vector<ModelInput>& inputs,
                                      int64_t batch_tokens) {
  std::vector<std::pair<size_t, size_t>> sizes;
  for (const ModelInput& input : inputs)
    sizes.emplace_back(input.source.size(), input.target.size());
  std::vector<std::string> lines(inputs.size());
  for (const std::vector<size_t>& batch : token_batches(sizes, static_cast<size_t>(batch_tokens))) {
    std::vector<Ids> sources, targets;
    for (const size_t place : batch) {
      sources.emplace_back(inputs[place].source);
      targets.emplace_back(inputs[place].target);
    }
    const std::vector<TokenScores> scores = score_targets(model, sources, targets);
    for (size_t i = 0; i < batch.size(); ++i) lines[batch[i]] = json_line(scores[i]);
  }
  return lines;
}

int score(const ScoreOptions& options) {
  const T5Model model = load_model(options.model);
  ModelInputReader inputs(options.model.input,
                          input_rules(options.model, model, /*with_target=*/true));
  answer_in_windows(
      inputs, kWindowBatches * options.batch_tokens,
      [](const ModelInput& input) { return std::ssize(input.source) + std::ssize(input.target); },
      [&](const std::vector<ModelInput>& window) {
        return score_window(model, window, options.batch_tokens);
      });
  return kSuccess;
}

}  // namespace

void add_score(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<ScoreOptions>();
  CLI::App* command = app.add_subcommand(
      "score",
      "What a model thinks of given targets: JSON lines in, JSON lines out, in their order");
  add_model_options(
      *command, options->model,
      "Lines of {\"source\": TEXT, \"target\": TEXT}, or with \"source_ids\" and "
      "\"target_ids\"; - for standard input. Texts get </s> at their end, sources and "
      "targets; ids are taken as they are");
  command
      ->add_option("--batch-tokens", options->batch_tokens,
                   "Source and target tokens of a batch, padding included")
      ->check(CLI::PositiveNumber);
  command->footer(
      "A line out for a line in: logprob (the sum), token_logprobs, token_ranks (1 is the "
      "likeliest).\n"
      "Example: dovetail score --model models/t5-small --input pairs.jsonl");
  command->callback([options, &chosen] { chosen = [options] { return score(*options); }; });
}

}  // namespace dovetail
