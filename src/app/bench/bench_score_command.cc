// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/bench/bench_clock.h"
#include "app/bench/bench_commands.h"
#include "app/bench/bench_options.h"
#include "base/error.h"
#include "model/device.h"
#include "model/generation/score.h"

namespace dovetail {

namespace {

struct BenchScoreOptions : BenchOptions {
  BenchScoreOptions() { batch = 32; }

  int64_t target = 16;
};

int bench_score(const BenchScoreOptions& options) {
  at::set_num_threads(options.threads);
  const at::InferenceMode inference;
  const T5Config config = bench_config(options);
  T5Model model(config, clone_weights(config, random_weights(config, options.seed),
                                      device_from(options.device)));
  const PrepackedWeights ready(model, inference_precision(options.precision, model.device()));
  const auto rows = random_rows(options, options.target, /*soft_tokens=*/0, config.vocab_size);
  std::vector<Ids> sources, targets;
  for (const Sequence& row : rows) {
    sources.emplace_back(row.source);
    targets.emplace_back(row.target);
  }
  OrderedJson settings = {{"bench", "score"}, {"shape", options.shape}};
  settings.update(bench_settings(options, config));
  settings["target"] = options.target;

  BenchClock clock(options, settings);
  do {
    const auto scores = score_targets(model, sources, targets);
    DOVETAIL_CHECK_EQ(std::ssize(scores.back().token_logprobs), options.target);
  } while (clock.after_piece());
  clock.print_results(options.batch * options.target);
  return kSuccess;
}

}  // namespace

void add_bench_score(CLI::App& bench, std::function<int()>& chosen) {
  const auto options = std::make_shared<BenchScoreOptions>();
  CLI::App* command = bench.add_subcommand(
      "score",
      "Target tokens a second of likelihoods: random weights, random ids, encoder included");
  add_bench_options(*command, *options);
  command->add_option("--target", options->target, "Target tokens of each row, with </s>")
      ->check(CLI::Range(1, 1 << 16));
  add_precision_of_inference(*command, *options);
  command->footer("Example: dovetail bench score --shape mini --precision int8");
  command->callback([options, &chosen] { chosen = [options] { return bench_score(*options); }; });
}

}  // namespace dovetail
