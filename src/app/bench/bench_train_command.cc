// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <memory>

#include "app/bench/bench_clock.h"
#include "app/bench/bench_commands.h"
#include "app/bench/bench_options.h"
#include "app/run/group_gradients.h"
#include "app/run/renamed_option.h"
#include "base/error.h"
#include "base/names.h"
#include "base/stop.h"
#include "comm/communicator.h"
#include "model/device.h"
#include "training/training_loop.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

struct BenchTrainOptions : BenchOptions {
  int64_t target = 16;
  double dropout = 0.1;
  double clip = 0;
  int64_t accumulate = 1;
  bool activation_checkpointing = false;
  std::string optimizer = "adamw";
  std::string tuning = "full";
  std::vector<std::string> parameters;  // name=value, of the tuning
  int data_parallel = 1;                // ranks that compute a step together
};

nlohmann::json tuning_parameters(const BenchTrainOptions& options, const Tuning& tuning) {
  nlohmann::json parameters = defaults_of(tuning.entry.parameters);
  std::vector<std::string> known;
  for (const auto& [name, value] : parameters.items()) known.push_back(name);
  for (const std::string& given : options.parameters) {
    const size_t equals = given.find('=');
    const std::string name = given.substr(0, equals);
    if (equals == std::string::npos || !parameters.contains(name)) {
      throw_<ConfigError>("--parameter {}: expected NAME=VALUE, with a parameter of {}; {}", given,
                          options.tuning, did_you_mean(name, known));
    }
    const std::string text = given.substr(equals + 1);
    nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    parameters[name] = value.is_discarded() ? nlohmann::json(text) : value;
  }
  return parameters;
}

int64_t count_parameters(const NamedTensors& tensors) {
  int64_t count = 0;
  for (const auto& [name, tensor] : tensors) count += tensor.numel();
  return count;
}

OrderedJson train_settings(const BenchTrainOptions& options, const nlohmann::json& parameters,
                           const T5Model& model, TuningMethod& method) {
  OrderedJson settings = {{"bench", "train"}, {"shape", options.shape}};
  settings.update(bench_settings(options, model.config()));
  settings.update(
      OrderedJson{{"target", options.target},
                  {"dropout", options.dropout},
                  {"clip", options.clip},
                  {"accumulate", options.accumulate},
                  {"activation_checkpointing", options.activation_checkpointing},
                  {"data_parallel", options.data_parallel},
                  {"optimizer", options.optimizer},
                  {"tuning", options.tuning},
                  {"tuning_parameters", parameters},
                  {"num_weights", count_parameters(named_tensors(model.config(), model.weights()))},
                  {"num_trained", count_parameters(method.trainable())}});
  return settings;
}

Batch collate_all(const std::vector<Sequence>& rows) {
  std::vector<const Sequence*> all;
  for (const Sequence& row : rows) all.push_back(&row);
  return collate(all);
}

// The clock ends the loop; a failed step ends it too.
constexpr int64_t kMostSteps = 10'000'000;

TrainingTask training_task(const BenchTrainOptions& options, T5Model& model, TuningMethod& method,
                           GradientAllReduce* group) {
  TrainingTask task{.model = &model,
                    .tuning = &method,
                    .steps = kMostSteps,
                    .dropout = options.dropout,
                    .seed = options.seed,
                    .group = group};
  task.optimizer.name = options.optimizer;
  task.optimizer.learning_rate = 1e-4;
  task.optimizer.clip = options.clip;
  task.options.accumulate = options.accumulate;
  task.options.activation_checkpointing = options.activation_checkpointing;
  task.options.precision = options.precision;
  return task;
}

// Whether this was the last piece, for all ranks of a group. They begin the next one together:
// otherwise ranks without a clock would begin it while the others wait for their turn.
bool ends_here(GradientAllReduce* group, bool enough) {
  if (!group) return enough;
  StepReport mine;
  mine.stop = enough;
  return group->all_reduce_report(mine).stop;
}

// Trains until the clock has enough; ranks of a group without a clock follow. An exception of the
// callback would count as the training run's own failure, Interrupted excepted, so an error of the
// clock is carried past it.
void train_by_clock(TrainingTask& task, BenchClock* clock) {
  bool ended = false;
  std::exception_ptr error;
  task.after_step = [&](const TrainingRun&, int64_t) {
    bool enough = false;
    try {
      enough = clock && !clock->after_piece();
    } catch (...) {
      error = std::current_exception();
      enough = true;
    }
    ended = ends_here(task.group, enough);
    if (ended) throw Interrupted();
  };
  TrainingState state;
  TrainingOutcome outcome;
  try {
    train(task, state, outcome);
  } catch (const Interrupted&) {
    if (!ended) throw;
  }
  if (error) std::rethrow_exception(error);
  if (!outcome.failure.empty()) throw_<SystemError>("bench train: {}", outcome.failure);
}

// The steps are those of `dovetail run`: the same training loop, optimizer and tuning.
int bench_train(const BenchTrainOptions& options, GradientAllReduce* group) {
  at::set_num_threads(options.threads);
  const T5Config config = bench_config(options);
  const Tuning& tuning = find_tuning(options.tuning);
  const nlohmann::json parameters = tuning_parameters(options, tuning);
  T5Model model(config, clone_weights(config, random_weights(config, options.seed),
                                      device_from(options.device)));
  const auto method = tuning.make(model, parameters, options.seed);
  const auto rows =
      random_rows(options, options.target, method->num_soft_tokens(), config.vocab_size);

  BenchClock clock(options, train_settings(options, parameters, model, *method));
  TrainingTask task = training_task(options, model, *method, group);
  task.next_batch = [&rows](int64_t) { return collate_all(rows); };
  const bool leads = writes_results(group);
  train_by_clock(task, leads ? &clock : nullptr);
  if (leads) clock.print_results(collate_all(rows).num_tokens);
  return kSuccess;
}

int bench_train_in_group(const BenchTrainOptions& options) {
  if (options.data_parallel == 1) return bench_train(options, nullptr);
  install_stop_handlers();
  const Communicators ranks = make_communicators(options.data_parallel);
  if (!ranks.group) return kSuccess;  // rank 0 reports why
  DataParallelGroup group(*ranks.group);
  const auto gradients = make_gradients(group, device_from(options.device));
  return bench_train(options, gradients.get());
}

}  // namespace

void add_bench_train(CLI::App& bench, std::function<int()>& chosen) {
  const auto options = std::make_shared<BenchTrainOptions>();
  CLI::App* command = bench.add_subcommand(
      "train", "Seconds of a training step: random weights, random ids, the loop of `run`");
  add_bench_options(*command, *options);
  command->add_option("--target", options->target, "Target tokens of each row, with </s>")
      ->check(CLI::Range(1, 1 << 16));
  command
      ->add_option("--precision", options->precision,
                   "float32, or bfloat16 with float32 master weights")
      ->check(CLI::IsMember({"float32", "bfloat16"}));
  command
      ->add_option("--accumulate", options->accumulate,
                   "Parts into which a batch is cut (gradient accumulation)")
      ->check(CLI::Range(1, 1 << 16));
  command->add_flag("--activation-checkpointing", options->activation_checkpointing,
                    "Compute blocks again in the backward pass");
  command->add_option("--dropout", options->dropout, "Rate")->check(CLI::Range(0.0, 0.99));
  command->add_option("--clip", options->clip, "Global gradient norm; 0: no clipping")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--optimizer", options->optimizer, "As in a sweep file");
  command->add_option("--tuning", options->tuning, "As in a sweep file");
  command->add_option("--parameter", options->parameters,
                      "NAME=VALUE of the tuning; may be repeated");
  command
      ->add_option("--data-parallel", options->data_parallel,
                   "MPI ranks that share each batch, as in jobs/launch -n 2 dovetail bench train "
                   "--data-parallel 2")
      ->check(CLI::Range(1, 1024));
  refuse_renamed_option(*command, "--team", "--data-parallel");
  command->footer(
      "Example: dovetail bench train --shape t5-small --batch 8 --source 64 --tuning soft_prompt "
      "--parameter num_virtual_tokens=100");
  command->callback(
      [options, &chosen] { chosen = [options] { return bench_train_in_group(*options); }; });
}

}  // namespace dovetail
