// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/bench.h"
#include "base/error.h"
#include "model/generate.h"
#include "model/t5.h"

namespace dovetail {

namespace {

struct BenchGenerateOptions : BenchOptions {
  BenchGenerateOptions() { batch = 32; }

  int64_t new_tokens = 20;
};

OrderedJson generate_settings(const BenchGenerateOptions& options, const T5Config& config) {
  OrderedJson settings = {{"bench", "generate"}, {"shape", options.shape}};
  settings.update(bench_settings(options, config));
  settings.update(OrderedJson{{"new_tokens", options.new_tokens}, {"num_beams", 1}});
  return settings;
}

// Rows that ended early would have cost less than what is reported.
void check_lengths(const std::vector<std::vector<int32_t>>& outputs, int64_t wanted) {
  for (const std::vector<int32_t>& output : outputs) {
    if (static_cast<int64_t>(output.size()) == wanted) continue;
    throw_<SystemError>("bench generate: expected {} new tokens of each row, found {}; another "
                        "--seed makes other weights", wanted, output.size());
  }
}

int bench_generate(const BenchGenerateOptions& options) {
  at::set_num_threads(options.threads);
  const torch::InferenceMode inference;
  const T5Config config = bench_config(options);
  const T5Model model(config, random_weights(config, options.seed));
  const auto rows = random_rows(options, /*target=*/1, /*soft_tokens=*/0, config.vocab_size);
  std::vector<const Sequence*> all;
  for (const Sequence& row : rows) all.push_back(&row);

  BenchClock clock(options, generate_settings(options, config));
  do {
    const Batch batch = collate(all);
    const torch::Tensor memory = model.encode(model.embed(batch.source_BS), batch.mask_BS);
    check_lengths(generate_greedy(model, memory, batch.mask_BS, options.new_tokens),
                  options.new_tokens);
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
  command->footer("Example: dovetail bench generate --shape mini --batch 1 --new-tokens 20");
  command->callback([options, &chosen] { chosen = [options] { return bench_generate(*options); }; });
}

}  // namespace dovetail
