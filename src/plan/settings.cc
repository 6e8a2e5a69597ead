// SPDX-License-Identifier: Apache-2.0
#include "plan/settings.h"

#include <algorithm>
#include <cmath>

#include "plan/json_fields.h"

namespace dovetail {

int64_t resolve_steps(const StepSettings& settings, int64_t batches_per_epoch) {
  if (settings.fixed > 0) return settings.fixed;
  int64_t steps =
      static_cast<int64_t>(std::llround(settings.epochs * static_cast<double>(batches_per_epoch)));
  steps = std::max(steps, settings.at_least);
  return settings.at_most > 0 ? std::min(steps, settings.at_most) : steps;
}

DOVETAIL_JSON_FIELDS(OptimizerSettings, name, learning_rate, schedule, warmup, weight_decay, clip,
                     parameters)
DOVETAIL_JSON_FIELDS(TrainingOptions, accumulate, label_smoothing, z_loss, ema,
                     activation_checkpointing, precision)
DOVETAIL_JSON_FIELDS(PretrainSettings, steps, batch_tokens, sequence_length, pack_sequences,
                     dropout, seed, options, optimizer)
DOVETAIL_JSON_FIELDS(StepSettings, fixed, epochs, at_least, at_most)
DOVETAIL_JSON_FIELDS(TuneSettings, steps, batch_size, batch_tokens, dropout, max_source_length,
                     max_target_length, evaluations, validation_examples, keep_model, options,
                     optimizer)
DOVETAIL_JSON_FIELDS(ChoiceSettings, name, parameters)
DOVETAIL_JSON_FIELDS(AdaptSettings, name, sentences, split, group, lexicon, prefix, rows,
                     graph_rows, steps, batch_size, max_source_length, max_target_length, dropout,
                     seed, options, optimizer)
DOVETAIL_JSON_FIELDS(EvaluateSettings, test_examples, metrics, max_new_tokens, batch_size, decoding,
                     also)
DOVETAIL_JSON_FIELDS(SelectSettings, examples, adaptations, shots, shot_steps, race_examples,
                     race_steps)
DOVETAIL_JSON_FIELDS(TrainSizeSettings, examples, references, fraction, per_class)

// A label stands there only where a sweep gives one, so that other jobs keep their keys.
void to_json(Json& json, const FurtherDecoding& decoding) {
  json = static_cast<const ChoiceSettings&>(decoding);
  if (decoding.label != decoding.name) json["label"] = decoding.label;
}

void from_json(const Json& json, FurtherDecoding& decoding) {
  json.get_to(static_cast<ChoiceSettings&>(decoding));
  decoding.label = json.value("label", decoding.name);
}

// Tokens stand there only where a sweep adds some, so that other jobs keep their keys.
void to_json(Json& json, const VocabularySettings& settings) {
  json = {{"type", settings.type},
          {"vocab_size", settings.vocab_size},
          {"sentinels", settings.sentinels},
          {"threads", settings.threads},
          {"max_lines", settings.max_lines}};
  if (!settings.add_tokens.empty()) json["add_tokens"] = settings.add_tokens;
}

void from_json(const Json& json, VocabularySettings& settings) {
  json.at("type").get_to(settings.type);
  json.at("vocab_size").get_to(settings.vocab_size);
  json.at("sentinels").get_to(settings.sentinels);
  json.at("threads").get_to(settings.threads);
  json.at("max_lines").get_to(settings.max_lines);
  settings.add_tokens = json.value("add_tokens", std::vector<std::string>());
}

namespace {

struct NamedPart {
  const char* name;
  std::optional<uint64_t> SeedParts::*part;
};
constexpr NamedPart kSeedParts[] = {{"subset", &SeedParts::subset},
                                    {"order", &SeedParts::order},
                                    {"initialization", &SeedParts::initialization},
                                    {"dropout", &SeedParts::dropout}};

}  // namespace

void to_json(Json& json, const SeedParts& parts) {
  json = Json::object();
  for (const auto& [name, part] : kSeedParts) {
    if (parts.*part) json[name] = *(parts.*part);
  }
}

void from_json(const Json& json, SeedParts& parts) {
  parts = {};
  for (const auto& [name, part] : kSeedParts) {
    if (json.contains(name)) parts.*part = json.at(name).get<uint64_t>();
  }
}

}  // namespace dovetail
