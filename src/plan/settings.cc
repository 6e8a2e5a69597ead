// SPDX-License-Identifier: Apache-2.0
#include "plan/settings.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "plan/json_fields.h"

namespace dovetail {

// A share is rounded up, as in transformers.
int64_t warmup_steps(const OptimizerSettings& settings, int64_t total) {
  const int64_t steps =
      settings.warmup_ratio > 0
          ? static_cast<int64_t>(std::ceil(settings.warmup_ratio * static_cast<double>(total)))
          : settings.warmup;
  if (steps == 0 || steps < total) return steps;
  throw_<ConfigError>(
      "expected a warm-up shorter than the training, found one of {} steps of {}: give a smaller "
      "optimizer.warmup, a share such as optimizer.warmup_ratio = 0.1, or more steps",
      steps, total);
}

OptimizerSettings settings_of_group(const OptimizerSettings& settings,
                                    const OptimizerGroup& group) {
  OptimizerSettings own = settings;
  own.learning_rate = group.learning_rate > 0 ? group.learning_rate
                                              : settings.learning_rate * group.learning_rate_ratio;
  own.schedule = group.schedule;
  own.warmup = group.warmup;
  own.warmup_ratio = group.warmup_ratio;
  own.weight_decay = group.weight_decay;
  own.groups.clear();
  return own;
}

int64_t resolve_steps(const StepSettings& settings, int64_t batches_per_epoch) {
  if (settings.fixed > 0) return settings.fixed;
  int64_t steps =
      static_cast<int64_t>(std::llround(settings.epochs * static_cast<double>(batches_per_epoch)));
  steps = std::max(steps, settings.at_least);
  return settings.at_most > 0 ? std::min(steps, settings.at_most) : steps;
}

DOVETAIL_JSON_FIELDS(TrainingOptions, accumulate, label_smoothing, z_loss, ema,
                     activation_checkpointing, precision)
DOVETAIL_JSON_FIELDS(OptimizerGroup, names, learning_rate, learning_rate_ratio, schedule, warmup,
                     warmup_ratio, weight_decay)
DOVETAIL_JSON_FIELDS(BudgetSettings, unit, amount, share, steps, batch_tokens, sequence_length,
                     pack_sequences, pack_pairs)
DOVETAIL_JSON_FIELDS(StepSettings, fixed, epochs, at_least, at_most)
DOVETAIL_JSON_FIELDS(ValidationChoice, metric, learning_rates, best_checkpoint, patience)
DOVETAIL_JSON_FIELDS(ChoiceSettings, name, parameters)
DOVETAIL_JSON_FIELDS(SelectSettings, examples, adaptations, shots, shot_steps, race_examples,
                     race_steps)
DOVETAIL_JSON_FIELDS(TrainSizeSettings, examples, references, fraction, per_class)

// What few sweeps use stands there only where one does, so that other jobs keep their keys: a share
// of warm-up, groups of tensors, and choices by validation.
void to_json(Json& json, const OptimizerSettings& settings) {
  json = {{"name", settings.name},
          {"learning_rate", settings.learning_rate},
          {"schedule", settings.schedule},
          {"warmup", settings.warmup},
          {"weight_decay", settings.weight_decay},
          {"clip", settings.clip},
          {"parameters", settings.parameters}};
  if (settings.warmup_ratio > 0) json["warmup_ratio"] = settings.warmup_ratio;
  if (!settings.groups.empty()) json["groups"] = settings.groups;
}

void to_json(Json& json, const EvaluateSettings& settings) {
  json = {{"test_examples", settings.test_examples},
          {"metrics", settings.metrics},
          {"max_new_tokens", settings.max_new_tokens},
          {"batch_size", settings.batch_size},
          {"decoding", settings.decoding},
          {"also", settings.also}};
  if (settings.precision != EvaluateSettings().precision) json["precision"] = settings.precision;
}

void from_json(const Json& json, EvaluateSettings& settings) {
  json.at("test_examples").get_to(settings.test_examples);
  json.at("metrics").get_to(settings.metrics);
  json.at("max_new_tokens").get_to(settings.max_new_tokens);
  json.at("batch_size").get_to(settings.batch_size);
  json.at("decoding").get_to(settings.decoding);
  json.at("also").get_to(settings.also);
  settings.precision = json.value("precision", EvaluateSettings().precision);
}

void from_json(const Json& json, OptimizerSettings& settings) {
  json.at("name").get_to(settings.name);
  json.at("learning_rate").get_to(settings.learning_rate);
  json.at("schedule").get_to(settings.schedule);
  json.at("warmup").get_to(settings.warmup);
  json.at("weight_decay").get_to(settings.weight_decay);
  json.at("clip").get_to(settings.clip);
  json.at("parameters").get_to(settings.parameters);
  settings.warmup_ratio = json.value("warmup_ratio", 0.0);
  settings.groups = json.value("groups", std::vector<OptimizerGroup>{});
}

void to_json(Json& json, const TuneSettings& settings) {
  json = {{"steps", settings.steps},
          {"batch_size", settings.batch_size},
          {"batch_tokens", settings.batch_tokens},
          {"dropout", settings.dropout},
          {"max_source_length", settings.max_source_length},
          {"max_target_length", settings.max_target_length},
          {"evaluations", settings.evaluations},
          {"validation_examples", settings.validation_examples},
          {"keep_model", settings.keep_model},
          {"options", settings.options},
          {"optimizer", settings.optimizer}};
  if (settings.choice.any()) json["choice"] = settings.choice;
}

void from_json(const Json& json, TuneSettings& settings) {
  json.at("steps").get_to(settings.steps);
  json.at("batch_size").get_to(settings.batch_size);
  json.at("batch_tokens").get_to(settings.batch_tokens);
  json.at("dropout").get_to(settings.dropout);
  json.at("max_source_length").get_to(settings.max_source_length);
  json.at("max_target_length").get_to(settings.max_target_length);
  json.at("evaluations").get_to(settings.evaluations);
  json.at("validation_examples").get_to(settings.validation_examples);
  json.at("keep_model").get_to(settings.keep_model);
  json.at("options").get_to(settings.options);
  json.at("optimizer").get_to(settings.optimizer);
  settings.choice = json.value("choice", ValidationChoice());
}

// What cuts sentences, or reads a pool, stands there only for adaptations that do, so that it is in
// no other key.
void to_json(Json& json, const AdaptSettings& adapt) {
  json = {{"name", adapt.name},
          {"rows", adapt.rows},
          {"steps", adapt.steps},
          {"batch_size", adapt.batch_size},
          {"max_source_length", adapt.max_source_length},
          {"max_target_length", adapt.max_target_length},
          {"dropout", adapt.dropout},
          {"seed", adapt.seed},
          {"options", adapt.options},
          {"optimizer", adapt.optimizer}};
  if (!adapt.parameters.empty()) {
    json["parameters"] = adapt.parameters;
    return;
  }
  json.update({{"sentences", adapt.sentences},
               {"split", adapt.split},
               {"group", adapt.group},
               {"lexicon", adapt.lexicon},
               {"prefix", adapt.prefix},
               {"graph_rows", adapt.graph_rows}});
}

void from_json(const Json& json, AdaptSettings& adapt) {
  adapt = {};
  json.at("name").get_to(adapt.name);
  json.at("rows").get_to(adapt.rows);
  json.at("steps").get_to(adapt.steps);
  json.at("batch_size").get_to(adapt.batch_size);
  json.at("max_source_length").get_to(adapt.max_source_length);
  json.at("max_target_length").get_to(adapt.max_target_length);
  json.at("dropout").get_to(adapt.dropout);
  json.at("seed").get_to(adapt.seed);
  json.at("options").get_to(adapt.options);
  json.at("optimizer").get_to(adapt.optimizer);
  adapt.parameters = json.value("parameters", Json::object());
  if (!adapt.parameters.empty()) return;
  json.at("sentences").get_to(adapt.sentences);
  json.at("split").get_to(adapt.split);
  json.at("group").get_to(adapt.group);
  json.at("lexicon").get_to(adapt.lexicon);
  json.at("prefix").get_to(adapt.prefix);
  json.at("graph_rows").get_to(adapt.graph_rows);
}

// A label stands there only where a sweep gives one, so that other jobs keep their keys.
void to_json(Json& json, const FurtherDecoding& decoding) {
  json = static_cast<const ChoiceSettings&>(decoding);
  if (decoding.label != decoding.name) json["label"] = decoding.label;
}

void from_json(const Json& json, FurtherDecoding& decoding) {
  json.get_to(static_cast<ChoiceSettings&>(decoding));
  decoding.label = json.value("label", decoding.name);
}

// What came later stands there only where a sweep asks for it, so that other jobs keep their keys.
void to_json(Json& json, const PretrainSettings& settings) {
  json = {{"steps", settings.steps},
          {"batch_tokens", settings.batch_tokens},
          {"sequence_length", settings.sequence_length},
          {"pack_sequences", settings.pack_sequences},
          {"dropout", settings.dropout},
          {"seed", settings.seed},
          {"options", settings.options},
          {"optimizer", settings.optimizer}};
  if (settings.pack_pairs) json["pack_pairs"] = true;
  if (settings.separator) json["separator"] = true;
  if (settings.held_out > 0) {
    json["held_out"] = settings.held_out;
    json["held_out_points"] = settings.held_out_points;
  }
  if (settings.budget.unit != "steps") json["budget"] = settings.budget;
}

void from_json(const Json& json, PretrainSettings& settings) {
  settings = {};
  json.at("steps").get_to(settings.steps);
  json.at("batch_tokens").get_to(settings.batch_tokens);
  json.at("sequence_length").get_to(settings.sequence_length);
  json.at("pack_sequences").get_to(settings.pack_sequences);
  json.at("dropout").get_to(settings.dropout);
  json.at("seed").get_to(settings.seed);
  json.at("options").get_to(settings.options);
  json.at("optimizer").get_to(settings.optimizer);
  settings.pack_pairs = json.value("pack_pairs", false);
  settings.separator = json.value("separator", false);
  settings.held_out = json.value("held_out", settings.held_out);
  settings.held_out_points = json.value("held_out_points", settings.held_out_points);
  if (json.contains("budget")) json.at("budget").get_to(settings.budget);
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
