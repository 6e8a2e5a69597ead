// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>

#include "app/bench/bench_commands.h"
#include "app/bench/bench_options.h"
#include "base/error.h"
#include "model/device.h"
#include "training/training_loop.h"
#include "tuning/around_frozen.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

struct BenchGroupOptions : BenchOptions {
  BenchGroupOptions() { steps = 20; }
  int64_t target = 16;
  int64_t cells = 16;
  int64_t rounds = 3;
  double dropout = 0;
  std::vector<std::string> tunings = {"soft_prompt", "lora", "ia3"};  // the cells take in turn
};

// A cell around the one frozen model: its own view of it, tuning and rows.
struct GroupedCell {
  GroupedCell(const BenchGroupOptions& options, const T5Model& frozen, size_t number)
      : model(frozen), method(make(options, model, number)) {
    BenchOptions own = options;
    own.seed = options.seed + number;
    rows = random_rows(own, options.target, method->num_soft_tokens(), model.config().vocab_size);
    task = {.model = &model,
            .tuning = method.get(),
            .steps = options.steps,
            .dropout = options.dropout,
            .seed = own.seed};
    task.optimizer.learning_rate = 1e-4;
    task.next_batch = [this](int64_t) {
      std::vector<const Sequence*> all;
      for (const Sequence& row : rows) all.push_back(&row);
      return collate(all);
    };
  }
  GroupedCell(const GroupedCell&) = delete;

  static std::unique_ptr<TuningMethod> make(const BenchGroupOptions& options, T5Model& model,
                                            size_t number) {
    const Tuning& tuning = find_tuning(options.tunings[number % options.tunings.size()]);
    if (!tuning.entry.keeps_weights ||
        !tuning.entry.keeps_weights(defaults_of(tuning.entry.parameters)))
      throw_<ConfigError>(
          "bench group: {} trains the model's own weights, which cells of a group "
          "share; name tunings such as soft_prompt, lora, ia3",
          tuning.entry.name);
    return tuning.make(model, nlohmann::json::object(), options.seed + number);
  }

  T5Model model;
  std::unique_ptr<TuningMethod> method;
  std::vector<Sequence> rows;
  TrainingTask task;
};

// Seconds in which these cells take their steps, in shared passes.
double train_together(std::span<GroupedCell* const> cells) {
  std::deque<TrainingState> states(cells.size());
  std::deque<TrainingOutcome> outcomes(cells.size());
  std::vector<TrainingRun> runs;
  for (size_t i = 0; i < cells.size(); ++i)
    runs.push_back({cells[i]->task, states[i], outcomes[i]});
  const auto began = std::chrono::steady_clock::now();
  train(runs);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  for (const TrainingOutcome& outcome : outcomes)
    if (!outcome.failure.empty()) throw_<SystemError>("bench group: {}", outcome.failure);
  return took.count();
}

double middle_of(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
  return values[values.size() / 2];
}

// The same steps of the same cells in a group and one by one, in turns.
int bench_group(const BenchGroupOptions& options) {
  if (options.interactive)
    throw ConfigError("bench group takes its turns by itself; leave out --interactive");
  at::set_num_threads(options.threads);
  const T5Config config = bench_config(options);
  T5Model frozen(config, clone_weights(config, random_weights(config, options.seed),
                                       device_from(options.device)));
  freeze(frozen);
  std::deque<GroupedCell> cells;
  std::vector<GroupedCell*> all;
  for (int64_t i = 0; i < options.cells; ++i)
    all.push_back(&cells.emplace_back(options, frozen, static_cast<size_t>(i)));
  train_together(all);  // warm-up
  std::vector<double> together, alone, speedups;
  for (int64_t round = 0; round < options.rounds; ++round) {
    together.push_back(train_together(all));
    alone.push_back(0);
    for (GroupedCell* cell : all) alone.back() += train_together({&cell, 1});
    speedups.push_back(alone.back() / together.back());
  }
  OrderedJson line = {{"bench", "group"}, {"shape", options.shape}};
  line.update(bench_settings(options, config));
  const double steps = static_cast<double>(options.cells * options.steps);
  line.update(OrderedJson{{"target", options.target},
                          {"dropout", options.dropout},
                          {"tunings", options.tunings},
                          {"cells", options.cells},
                          {"rounds", options.rounds},
                          {"seconds_a_step_in_group", middle_of(together) / steps},
                          {"seconds_a_step_alone", middle_of(alone) / steps},
                          {"speedup", middle_of(speedups)}});
  fmt::print("{}\n", line.dump());
  return kSuccess;
}

}  // namespace

void add_bench_group(CLI::App& bench, std::function<int()>& chosen) {
  const auto options = std::make_shared<BenchGroupOptions>();
  CLI::App* command = bench.add_subcommand(
      "group", "Cells around one frozen model: their steps in shared passes, beside one by one");
  add_bench_options(*command, *options);
  command->add_option("--target", options->target, "Target tokens of each row, with </s>")
      ->check(CLI::Range(1, 1 << 16));
  command->add_option("--cells", options->cells, "How many train side by side")
      ->check(CLI::Range(1, 4096));
  command->add_option("--tunings", options->tunings, "What the cells train, in turn")
      ->delimiter(',');
  command->add_option("--rounds", options->rounds, "How often both are timed, in turns")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--dropout", options->dropout,
                   "Rate; on a GPU, cells with dropout train one by one")
      ->check(CLI::Range(0.0, 0.99));
  command->footer(
      "Example: dovetail bench group --shape t5-small --batch 8 --device cuda\n"
      "The target there is a speedup of 5.");
  command->callback([options, &chosen] { chosen = [options] { return bench_group(*options); }; });
}

}  // namespace dovetail
