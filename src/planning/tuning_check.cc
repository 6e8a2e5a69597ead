// SPDX-License-Identifier: Apache-2.0
#include "planning/tuning_check.h"

#include "jobs/tune_cell.h"
#include "model/t5.h"
#include "training/parameter_groups.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

// The vocabulary's size changes nothing here, and is not known before it is trained.
constexpr int64_t kPieces = 32128;

T5Model model_of(Json json) {
  if (!json.contains("vocab_size")) json["vocab_size"] = kPieces;
  const T5Config config = model_config_from(json);
  return {config, weights_without_numbers(config)};
}

}  // namespace

int64_t check_tuning(const ChoiceSettings& choice, const TuneSettings& tune, const Json& json) {
  T5Model model = model_of(json);
  const Json parameters = tuning_parameters(choice, tune);
  const auto method = find_tuning(choice.name).make(model, parameters, /*seed=*/0);
  const NamedTensors trained = method->trainable();
  split_by_group(tune.optimizer, trained);
  int64_t parameters_trained = 0;
  for (const auto& [name, tensor] : trained) parameters_trained += tensor.numel();
  return parameters_trained;
}

}  // namespace dovetail
