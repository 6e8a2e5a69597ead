// SPDX-License-Identifier: Apache-2.0
#include "plan/settings.h"

#include <algorithm>
#include <cmath>

namespace dovetail {

int64_t resolve_steps(const StepSettings& settings, int64_t batches_per_epoch) {
  if (settings.fixed > 0) return settings.fixed;
  int64_t steps =
      static_cast<int64_t>(std::llround(settings.epochs * static_cast<double>(batches_per_epoch)));
  steps = std::max(steps, settings.at_least);
  return settings.at_most > 0 ? std::min(steps, settings.at_most) : steps;
}

// Each field is named once, for both directions. The library's own macro would define inline
// functions, which other rooms could then not link.
#define SETTINGS_JSON(Type, ...)                                               \
  void to_json(Json& nlohmann_json_j, const Type& nlohmann_json_t) {           \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_TO, __VA_ARGS__))   \
  }                                                                            \
  void from_json(const Json& nlohmann_json_j, Type& nlohmann_json_t) {         \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_FROM, __VA_ARGS__)) \
  }

SETTINGS_JSON(OptimizerSettings, name, learning_rate, schedule, warmup, weight_decay, clip,
              parameters)
SETTINGS_JSON(TrainingOptions, accumulate, label_smoothing, z_loss, ema, activation_checkpointing,
              precision)
SETTINGS_JSON(VocabularySettings, type, pieces, sentinels, threads, max_lines)
SETTINGS_JSON(PretrainSettings, steps, batch_tokens, sequence_length, pack, dropout, seed, options,
              optimizer)
SETTINGS_JSON(StepSettings, fixed, epochs, at_least, at_most)
SETTINGS_JSON(TuneSettings, steps, batch_size, batch_tokens, dropout, max_source_length,
              max_target_length, evaluations, validation_examples, keep_model, options, optimizer)
SETTINGS_JSON(ChoiceSettings, name, parameters)
SETTINGS_JSON(AdaptSettings, name, sentences, split, group, lexicon, prefix, rows, graph_rows,
              steps, batch_size, max_source_length, max_target_length, dropout, seed, options,
              optimizer)
SETTINGS_JSON(EvaluateSettings, test_examples, metrics, max_new_tokens, batch_size, decoding, also)
SETTINGS_JSON(SelectSettings, examples, adaptations, shots, shot_steps, race_heads, race_steps)
SETTINGS_JSON(TrainSizeSettings, heads, tails, fraction, per_class)

#undef SETTINGS_JSON

}  // namespace dovetail
