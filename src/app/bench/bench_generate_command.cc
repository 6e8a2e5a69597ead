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
#include "model/generation/generate.h"
#include "model/t5.h"

namespace dovetail {

namespace {

struct BenchGenerateOptions : BenchOptions {
  BenchGenerateOptions() { batch = 32; }

  int64_t new_tokens = 20;
  int64_t num_beams = 1;
};

OrderedJson generate_settings(const BenchGenerateOptions& options, const T5Config& config) {
  OrderedJson settings = {{"bench", "generate"}, {"shape", options.shape}};
  settings.update(bench_settings(options, config));
  settings.update(
      OrderedJson{{"new_tokens", options.new_tokens}, {"num_beams", options.num_beams}});
  return settings;
}

// Forces the exact number of new tokens, so that every program does the same work.
GenerationSettings forced_length(const BenchGenerateOptions& options) {
  GenerationSettings settings;
  settings.num_beams = options.num_beams;
  settings.max_new_tokens = settings.min_new_tokens = options.new_tokens;
  settings.output_scores = false;
  return settings;
}

void check_lengths(const std::vector<std::vector<Hypothesis>>& outputs, int64_t wanted) {
  for (const std::vector<Hypothesis>& output : outputs) {
    const auto found = std::ssize(output.front().ids);
    if (found == wanted) continue;
    throw_<SystemError>("bench generate: expected {} new tokens of each row, found {}", wanted,
                        found);
  }
}

int bench_generate(const BenchGenerateOptions& options) {
  at::set_num_threads(options.threads);
  const at::InferenceMode inference;
  const T5Config config = bench_config(options);
  T5Model model(config, clone_weights(config, random_weights(config, options.seed),
                                      device_from(options.device)));
  const PrepackedWeights ready(model, inference_precision(options.precision, model.device()));
  const GenerationSettings settings = forced_length(options);
  const auto rows = random_rows(options, /*target=*/1, /*soft_tokens=*/0, config.vocab_size);
  std::vector<const Sequence*> all;
  for (const Sequence& row : rows) all.push_back(&row);

  BenchClock clock(options, generate_settings(options, config));
  do {
    const Batch batch = collate(all).to(model.device());
    const at::Tensor memory = model.encode(model.embed(batch.source_BS), batch.mask_BS);
    check_lengths(generate(model, memory, batch.mask_BS, settings), options.new_tokens);
  } while (clock.after_piece());
  clock.print_results(options.batch * options.new_tokens);
  return kSuccess;
}

}  // namespace

void add_bench_generate(CLI::App& bench, std::function<int()>& chosen) {
  const auto options = std::make_shared<BenchGenerateOptions>();
  CLI::App* command = bench.add_subcommand(
      "generate", "Tokens a second of generation: random weights, random ids, encoder included");
  add_bench_options(*command, *options);
  command->add_option("--new-tokens", options->new_tokens, "New tokens of each row, exactly")
      ->check(CLI::Range(1, 1 << 16));
  add_precision_of_inference(*command, *options);
  command->add_option("--num-beams", options->num_beams, "1: greedy")->check(CLI::Range(1, 64));
  command->footer("Example: dovetail bench generate --shape mini --batch 1 --new-tokens 20");
  command->callback(
      [options, &chosen] { chosen = [options] { return bench_generate(*options); }; });
}

}  // namespace dovetail
