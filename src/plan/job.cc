// SPDX-License-Identifier: Apache-2.0
#include "plan/job.h"

#include <stdexcept>
#include <type_traits>

#include "base/error.h"

namespace dovetail {

namespace {

constexpr JobKind kJobKinds[] = {JobKind::tokenizer, JobKind::pretrain, JobKind::segment,
                                 JobKind::adapt,     JobKind::tune,     JobKind::baseline,
                                 JobKind::probe};

template <typename Settings>
constexpr bool kIsNone = std::is_same_v<std::decay_t<Settings>, std::monostate>;

// The alternative of JobSettings that stands at the place of `kind`.
template <size_t place = 1>
JobSettings settings_from(const Json& json, JobKind kind) {
  if constexpr (place == std::variant_size_v<JobSettings>) {
    throw std::logic_error("a job kind outside its enumeration");
  } else if (static_cast<size_t>(kind) + 1 == place) {
    return json.get<std::variant_alternative_t<place, JobSettings>>();
  } else {
    return settings_from<place + 1>(json, kind);
  }
}

// Each location that is known, by its name.
template <typename Locations, typename Visit>
void for_each_location(Locations& locations, Visit visit) {
  visit("corpus", locations.corpus);
  visit("avoid", locations.avoid);
  visit("task", locations.task);
  visit("checkpoint", locations.checkpoint);
  visit("vocabulary_file", locations.vocabulary_file);
  visit("pairs", locations.pairs);
  visit("lexicon", locations.lexicon);
  visit("adapters", locations.adapters);
  visit("pool", locations.pool);
  visit("transfer", locations.transfer);
}

}  // namespace

std::string to_string(JobKind kind) {
  switch (kind) {
    case JobKind::tokenizer: return "tokenizer";
    case JobKind::pretrain: return "pretrain";
    case JobKind::segment: return "segment";
    case JobKind::adapt: return "adapt";
    case JobKind::tune: return "tune";
    case JobKind::baseline: return "baseline";
    case JobKind::probe: return "probe";
  }
  throw std::logic_error("a job kind outside its enumeration");
}

JobKind job_kind_from(const std::string& name) {
  for (const JobKind kind : kJobKinds) {
    if (to_string(kind) == name) return kind;
  }
  throw_<DataError>(
      "unknown job kind \"{}\" (known: tokenizer, pretrain, segment, adapt, tune, baseline, probe)",
      name);
}

JobKind kind_of(const JobSettings& settings) {
  if (settings.index() == 0) throw std::logic_error("a job without settings has no kind");
  return kJobKinds[settings.index() - 1];
}

Json settings_json(const JobSettings& settings) {
  return std::visit(
      [](const auto& own) -> Json {
        if constexpr (kIsNone<decltype(own)>) {
          return nullptr;
        } else {
          return own;
        }
      },
      settings);
}

const TrainSizeSettings* train_size_of(const Job& job) {
  if (const TuneJob* tune = std::get_if<TuneJob>(&job.settings)) return &tune->train_size;
  if (const ProbeJob* probe = std::get_if<ProbeJob>(&job.settings)) return &probe->cell.train_size;
  return nullptr;
}

std::string precision_of(const Job& job) {
  const auto* pretrain = std::get_if<PretrainJob>(&job.settings);
  if (pretrain) return pretrain->pretrain.options.precision;
  if (const auto* adapt = std::get_if<AdaptJob>(&job.settings))
    return adapt->adapt.options.precision;
  if (const auto* tune = std::get_if<TuneJob>(&job.settings)) return tune->tune.options.precision;
  const auto* probe = std::get_if<ProbeJob>(&job.settings);
  return probe ? probe->cell.tune.options.precision : TrainingOptions().precision;
}

std::string evaluation_precision_of(const Job& job) {
  if (const auto* tune = std::get_if<TuneJob>(&job.settings)) return tune->evaluate.precision;
  if (const auto* probe = std::get_if<ProbeJob>(&job.settings))
    return probe->cell.evaluate.precision;
  const auto* baseline = std::get_if<BaselineJob>(&job.settings);
  const bool has_model = baseline && baseline->baseline == BaselineKind::untuned;
  return has_model ? baseline->evaluate.precision : "";
}

void to_json(Json& json, const JobLocations& locations) {
  json = Json::object();
  for_each_location(locations, [&](const char* name, const auto& value) {
    if (!value.empty()) json[name] = value;
  });
}

void from_json(const Json& json, JobLocations& locations) {
  locations = {};
  for_each_location(locations, [&](const char* name, auto& value) {
    if (json.contains(name)) json.at(name).get_to(value);
  });
}

void to_json(Json& json, const Job& job) {
  json = {{"key", job.key},
          {"kind", to_string(job.kind)},
          {"name", job.name},
          {"settings", settings_json(job.settings)},
          {"locations", job.locations},
          {"inputs", job.inputs},
          {"input_keys", job.input_keys},
          {"cost_seconds", job.cost_seconds}};
  if (!job.spending.empty()) json["spending"] = job.spending;
}

void from_json(const Json& json, Job& job) {
  json.at("key").get_to(job.key);
  job.kind = job_kind_from(json.at("kind").get<std::string>());
  json.at("name").get_to(job.name);
  const Json& settings = json.at("settings");
  job.settings = settings.is_null() ? JobSettings() : settings_from(settings, job.kind);
  json.at("locations").get_to(job.locations);
  json.at("inputs").get_to(job.inputs);
  json.at("input_keys").get_to(job.input_keys);
  json.at("cost_seconds").get_to(job.cost_seconds);
  job.spending = json.value("spending", std::map<std::string, double>());
}

}  // namespace dovetail
