// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ops/cat.h>

#include "model/shapes.h"
#include "training/training_loop.h"

namespace dovetail {

inline T5Config tiny_config() {
  nlohmann::json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = 40;
  return t5_config_from(json);
}

// A training run with a model of its own, so that nothing can be shared by accident.
struct Cell {
  explicit Cell(uint64_t seed, int64_t steps = 12)
      : model(tiny_config(), random_weights(tiny_config(), seed)),
        method(find_tuning("full").make(model, {}, seed)) {
    task.model = &model;
    task.tuning = method.get();
    task.optimizer.learning_rate = 1e-2;
    task.optimizer.parameters["rms_scaling"] = true;
    task.steps = steps;
    task.dropout = 0.1;
    task.seed = seed;
    task.next_batch = [seed](int64_t step) {
      const int32_t id = static_cast<int32_t>(3 + (step + static_cast<int64_t>(seed)) % 5);
      const Sequence row{{id, 20, 1}, {id, 1}};
      const std::vector<const Sequence*> rows(4, &row);
      return collate(rows);
    };
  }
  TrainingRun run() { return {task, state, outcome}; }

  T5Model model;
  std::unique_ptr<TuningMethod> method;
  TrainingTask task;
  TrainingState state;
  TrainingOutcome outcome;
};

inline void train_alone(Cell& cell) { train(cell.task, cell.state, cell.outcome); }

inline at::Tensor flat(const T5Model& model) {
  std::vector<at::Tensor> parts;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    parts.push_back(tensor.detach().flatten());
  }
  return at::cat(parts);
}

}  // namespace dovetail
