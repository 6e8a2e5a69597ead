// SPDX-License-Identifier: Apache-2.0
#include "plan/job_settings.h"

#include "base/error.h"
#include "base/names.h"
#include "plan/json_fields.h"

namespace dovetail {

namespace {

template <typename Kind, size_t count>
Kind kind_from(const std::string& name, const char* noun, const Kind (&known)[count]) {
  std::vector<std::string> names;
  for (const Kind kind : known) {
    names.push_back(to_string(kind));
    if (names.back() == name) return kind;
  }
  throw_<DataError>("unknown {} \"{}\" (known: {})", noun, name, join(names, ", "));
}

template <typename T>
void write_optional(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

template <typename T>
void read_optional(const Json& json, const char* key, std::optional<T>& value) {
  value = json.contains(key) ? std::optional(json.at(key).get<T>()) : std::nullopt;
}

}  // namespace

std::string to_string(SegmentStage stage) {
  switch (stage) {
    case SegmentStage::split: return "split";
    case SegmentStage::group: return "group";
  }
  throw std::logic_error("a stage outside its enumeration");
}

std::string to_string(BaselineKind kind) {
  switch (kind) {
    case BaselineKind::chance: return "chance";
    case BaselineKind::most_frequent_position: return "most_frequent_position";
    case BaselineKind::longest_choice: return "longest_choice";
    case BaselineKind::most_frequent: return "most_frequent";
    case BaselineKind::most_frequent_in_stratum: return "most_frequent_in_stratum";
    case BaselineKind::nearest_example: return "nearest_example";
    case BaselineKind::one_sentence: return "one_sentence";
    case BaselineKind::entity_overlap: return "entity_overlap";
    case BaselineKind::copy: return "copy";
    case BaselineKind::untuned: return "untuned";
  }
  throw std::logic_error("a baseline outside its enumeration");
}

std::string to_string(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::zero_shot: return "zero_shot";
    case ProbeKind::shots: return "shots";
    case ProbeKind::race: return "race";
    case ProbeKind::filling: return "filling";
  }
  throw std::logic_error("a probe outside its enumeration");
}

SegmentStage segment_stage_from(const std::string& name) {
  return kind_from(name, "segment stage", {SegmentStage::split, SegmentStage::group});
}

BaselineKind baseline_kind_from(const std::string& name) {
  return kind_from(
      name, "baseline",
      {BaselineKind::chance, BaselineKind::most_frequent_position, BaselineKind::longest_choice,
       BaselineKind::most_frequent, BaselineKind::most_frequent_in_stratum,
       BaselineKind::nearest_example, BaselineKind::one_sentence, BaselineKind::entity_overlap,
       BaselineKind::copy, BaselineKind::untuned});
}

ProbeKind probe_kind_from(const std::string& name) {
  return kind_from(name, "probe",
                   {ProbeKind::zero_shot, ProbeKind::shots, ProbeKind::race, ProbeKind::filling});
}

DOVETAIL_JSON_FIELDS(CorpusSource, name, fingerprint)
DOVETAIL_JSON_FIELDS(TaskSource, name, fingerprint, kind)
DOVETAIL_JSON_FIELDS(TemplateSettings, name, parameters, wording)
DOVETAIL_JSON_FIELDS(StartSettings, objective, adaptation, model)
DOVETAIL_JSON_FIELDS(TokenizerJob, vocabulary, corpus, vocabulary_fingerprint)
DOVETAIL_JSON_FIELDS(SplitSettings, sentences, split, rows, seed, lexicon, lexicon_fingerprint,
                     corpus, avoid)
DOVETAIL_JSON_FIELDS(ContinueSettings, objective, pretrain, corpus)
DOVETAIL_JSON_FIELDS(SubsetSettings, train_size, seed, validation_examples)
DOVETAIL_JSON_FIELDS(BaselineValidation, examples, seeds)
DOVETAIL_JSON_FIELDS(PoolSource, from, fingerprint, examples)
DOVETAIL_JSON_FIELDS(PoolLabelling, pool, long_labels)
DOVETAIL_JSON_FIELDS(TransferTask, label, task, tmpl)
DOVETAIL_JSON_FIELDS(SelfTraining, pool, long_labels, more_steps, parameters)

// A stage stands there from the second on, so that other jobs keep their keys.
void to_json(Json& json, const PretrainJob& job) {
  json = {{"model", job.model},
          {"objective", job.objective},
          {"pretrain", job.pretrain},
          {"corpus", job.corpus}};
  if (job.stage > 1) json["stage"] = job.stage;
}

void from_json(const Json& json, PretrainJob& job) {
  json.at("model").get_to(job.model);
  json.at("objective").get_to(job.objective);
  json.at("pretrain").get_to(job.pretrain);
  json.at("corpus").get_to(job.corpus);
  job.stage = json.value("stage", int64_t{1});
}

void to_json(Json& json, const SegmentJob& job) {
  json = {{"stage", to_string(job.stage)}};
  if (job.stage == SegmentStage::split) json["split"] = job.split;
}

void from_json(const Json& json, SegmentJob& job) {
  job = {.stage = segment_stage_from(json.at("stage").get<std::string>())};
  if (job.stage == SegmentStage::split) json.at("split").get_to(job.split);
}

void to_json(Json& json, const AdaptJob& job) {
  json = {{"start", job.start}, {"adapt", job.adapt}};
  write_optional(json, "continued", job.continued);
  write_optional(json, "pool", job.pool);
}

void from_json(const Json& json, AdaptJob& job) {
  json.at("start").get_to(job.start);
  json.at("adapt").get_to(job.adapt);
  read_optional(json, "continued", job.continued);
  read_optional(json, "pool", job.pool);
}

void to_json(Json& json, const PoolAdaptation& adaptation) {
  json = {{"task", adaptation.task},
          {"pool", adaptation.pool},
          {"objective", adaptation.objective},
          {"seed", adaptation.seed}};
  write_optional(json, "template", adaptation.tmpl);
  write_optional(json, "labelled", adaptation.labelled);
}

void from_json(const Json& json, PoolAdaptation& adaptation) {
  json.at("task").get_to(adaptation.task);
  json.at("pool").get_to(adaptation.pool);
  json.at("objective").get_to(adaptation.objective);
  json.at("seed").get_to(adaptation.seed);
  read_optional(json, "template", adaptation.tmpl);
  read_optional(json, "labelled", adaptation.labelled);
}

void to_json(Json& json, const TuneJob& job) {
  json = {{"start", job.start},   {"task", job.task},        {"template", job.tmpl},
          {"tuning", job.tuning}, {"seed", job.seed},        {"train_size", job.train_size},
          {"tune", job.tune},     {"evaluate", job.evaluate}};
  if (job.seed_parts != SeedParts{}) json["seed_parts"] = job.seed_parts;
  write_optional(json, "labelling", job.labelling);
  write_optional(json, "self_training", job.self_training);
  write_optional(json, "instruction_modelling", job.instruction_modelling);
  write_optional(json, "text_loss", job.text_loss);
  if (!job.transfer.empty()) json["transfer"] = job.transfer;
}

void from_json(const Json& json, TuneJob& job) {
  json.at("start").get_to(job.start);
  json.at("task").get_to(job.task);
  json.at("template").get_to(job.tmpl);
  json.at("tuning").get_to(job.tuning);
  json.at("seed").get_to(job.seed);
  job.seed_parts =
      json.contains("seed_parts") ? json.at("seed_parts").get<SeedParts>() : SeedParts{};
  json.at("train_size").get_to(job.train_size);
  json.at("tune").get_to(job.tune);
  json.at("evaluate").get_to(job.evaluate);
  read_optional(json, "labelling", job.labelling);
  read_optional(json, "self_training", job.self_training);
  read_optional(json, "instruction_modelling", job.instruction_modelling);
  read_optional(json, "text_loss", job.text_loss);
  job.transfer = json.value("transfer", std::vector<TransferTask>{});
}

void to_json(Json& json, const UntunedSettings& settings) {
  json = {{"start", settings.start},
          {"template", settings.tmpl},
          {"max_source_length", settings.max_source_length},
          {"max_target_length", settings.max_target_length}};
  write_optional(json, "seed", settings.seed);
}

void from_json(const Json& json, UntunedSettings& settings) {
  json.at("start").get_to(settings.start);
  json.at("template").get_to(settings.tmpl);
  json.at("max_source_length").get_to(settings.max_source_length);
  json.at("max_target_length").get_to(settings.max_target_length);
  read_optional(json, "seed", settings.seed);
}

void to_json(Json& json, const BaselineJob& job) {
  json = {{"baseline", to_string(job.baseline)}, {"task", job.task}, {"evaluate", job.evaluate}};
  write_optional(json, "subset", job.subset);
  write_optional(json, "untuned", job.untuned);
  write_optional(json, "validation", job.validation);
}

void from_json(const Json& json, BaselineJob& job) {
  job.baseline = baseline_kind_from(json.at("baseline").get<std::string>());
  json.at("task").get_to(job.task);
  json.at("evaluate").get_to(job.evaluate);
  read_optional(json, "subset", job.subset);
  read_optional(json, "untuned", job.untuned);
  read_optional(json, "validation", job.validation);
}

// The defaults of settings that do not apply must not be part of a key.
void to_json(Json& json, const ProbeJob& job) {
  json = {{"probe", to_string(job.probe)}};
  if (job.probe == ProbeKind::filling) {
    json.update({{"task", job.cell.task},
                 {"train_size", job.cell.train_size},
                 {"seed", job.cell.seed},
                 {"examples", job.cell.tune.validation_examples}});
    return;
  }
  json["cell"] = job.cell;
  if (job.probe == ProbeKind::race) json["race_metric"] = job.race_metric;
}

void from_json(const Json& json, ProbeJob& job) {
  job = {.probe = probe_kind_from(json.at("probe").get<std::string>())};
  if (job.probe == ProbeKind::filling) {
    json.at("task").get_to(job.cell.task);
    json.at("train_size").get_to(job.cell.train_size);
    json.at("seed").get_to(job.cell.seed);
    json.at("examples").get_to(job.cell.tune.validation_examples);
    return;
  }
  json.at("cell").get_to(job.cell);
  if (job.probe == ProbeKind::race) json.at("race_metric").get_to(job.race_metric);
}

}  // namespace dovetail
