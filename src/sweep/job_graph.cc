// SPDX-License-Identifier: Apache-2.0
#include "sweep/job_graph.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"

namespace dovetail {

namespace {

// Keys are sorted by the library, numbers printed in their shortest exact form: one text for one
// meaning.
std::string key_of(const Job& job) {
  const Json content = {{"settings", job.settings},
                        {"input_keys", job.input_keys},
                        {"result_version", kResultVersion}};
  return content_hash(content.dump());
}

bool is_adapted(const GridPoint& point) {
  return point[kAdaptation] && !is_named(*point[kAdaptation], "none");
}

template <typename Error>
[[noreturn]] void rethrow(const Sweep& sweep, const AxisValue* value, const Error& error) {
  if (!value || value->line == 0) throw error;
  throw Error(
      fmt::format("{}:{}:{}: {}", sweep.file.string(), value->line, value->column, error.what()));
}

}  // namespace

JobGraph::JobGraph(const Sweep& sweep, const Fingerprints& fingerprints)
    : sweep_(sweep), fingerprints_(fingerprints) {}

int64_t JobGraph::add(Job job) {
  job.settings["kind"] = to_string(job.kind);
  for (const int64_t input : job.inputs) job.input_keys.push_back(jobs_[input].key);
  job.key = key_of(job);
  const auto [place, is_new] = by_key_.emplace(job.key, jobs_.size());
  if (is_new) jobs_.push_back(std::move(job));
  return place->second;
}

const std::string& JobGraph::fingerprint(const std::string& thing, const AxisValue* value,
                                         const std::function<std::string()>& compute) {
  if (const auto known = known_fingerprints_.find(thing); known != known_fingerprints_.end()) {
    return known->second;
  }
  try {
    return known_fingerprints_[thing] = compute();
  } catch (const ConfigError& error) {
    rethrow(sweep_, value, error);
  } catch (const DataError& error) {
    rethrow(sweep_, value, error);
  }
}

void JobGraph::check_once(const std::string& thing, const AxisValue& value,
                          const std::function<void()>& check) {
  fingerprint(thing, &value, [&] {
    check();
    return std::string();
  });
}

// A text file goes by its name without folders; its content is in the fingerprint.
Json JobGraph::texts(const std::vector<std::string>& names, Job& job) {
  Json settings = Json::array();
  Json& places = job.locations["corpus"] = Json::array();
  for (const std::string& name : names) {
    settings.push_back({{"name", std::filesystem::path(name).filename().string()},
                        {"fingerprint", fingerprint("corpus " + name, nullptr,
                                                    [&] { return fingerprints_.corpus(name); })}});
    places.push_back(name);
  }
  return settings;
}

int64_t JobGraph::tokenizer() {
  const VocabularySettings& vocabulary = sweep_.vocabulary;
  Job job{.kind = JobKind::tokenizer};
  job.name = "tokenizer/" + vocabulary.type;
  job.settings = {{"vocabulary", vocabulary}, {"corpus", Json::array()}};
  if (vocabulary.type == "pieces") {
    job.name += std::to_string(vocabulary.pieces);
    job.settings["corpus"] = texts(sweep_.corpus, job);
  } else if (vocabulary.type == "file") {
    job.settings["vocabulary_fingerprint"] = fingerprint(
        "vocabulary", nullptr, [&] { return fingerprints_.vocabulary(sweep_.vocabulary_file); });
    job.locations["vocabulary_file"] = sweep_.vocabulary_file;
  }
  job.cost_seconds = tokenizer_seconds(vocabulary);
  return add(std::move(job));
}

int64_t JobGraph::pretrain(const AxisValue& objective, int64_t seed) {
  auto pretrain = objective.settings.at("pretrain").get<PretrainSettings>();
  pretrain.seed = seed;
  Job job{.kind = JobKind::pretrain};
  job.name = fmt::format("pretrain/{}/seed{}", objective.label, seed);
  job.inputs = {tokenizer()};
  job.settings = {
      {"model", sweep_.model}, {"objective", choice_of(objective)}, {"pretrain", pretrain}};
  job.settings["corpus"] = texts(sweep_.corpus, job);
  if (objective.settings.contains("pairs_path")) {  // by content, as every file
    const std::string path = objective.settings.at("pairs_path");
    job.settings["objective"]["parameters"]["pairs"] =
        fingerprint("pairs " + path, &objective, [&] { return fingerprints_.pairs(path); });
    job.locations["pairs"] = path;
  }
  job.cost_seconds = pretrain_seconds(size_of(objective), pretrain);
  return add(std::move(job));
}

void JobGraph::start_from(const GridPoint& point, Job& job) {
  const AxisValue& objective = *point[kObjective];
  set_template(point, job);
  if (!is_adapted(point)) return start_from_base(objective, job);
  job.settings["objective"] = choice_of(objective);
  job.settings["adaptation"] = point[kAdaptation]->settings.at("name");
  job.inputs = {adapt(objective, *point[kAdaptation])};  // which holds its own vocabulary
}

void JobGraph::start_from_base(const AxisValue& objective, Job& job) {
  job.settings["objective"] = choice_of(objective);
  job.settings["model"] = sweep_.model;
  if (is_named(objective, "checkpoint")) {
    const std::string folder = objective.settings.at("folder");
    job.settings["model"] = objective.settings.at("model");
    job.settings["objective"]["parameters"]["fingerprint"] = fingerprint(
        "checkpoint " + folder, &objective, [&] { return fingerprints_.checkpoint(folder); });
    job.locations["checkpoint"] = folder;
    return;  // it holds its own vocabulary
  }
  job.inputs.push_back(tokenizer());
  if (!is_named(objective, "none")) {
    job.inputs.push_back(pretrain(objective, sweep_.pretrain.seed));
  }
}

void JobGraph::set_task(const AxisValue& task, Job& job) {
  const std::string name = task.settings.at("name");
  const std::string source = source_of(task);
  job.settings["task"] = {{"name", name}, {"fingerprint", fingerprint("task " + source, &task, [&] {
                                             return fingerprints_.task(source);
                                           })}};
  // lexical, phrasal, form or reading: the report picks the deciding metric by it
  if (fingerprints_.task_kind) job.settings["task"]["kind"] = fingerprints_.task_kind(source);
  if (task.settings.contains("card")) job.locations["task"] = source;
}

void JobGraph::set_template(const GridPoint& point, Job& job) {
  const AxisValue& value = *point[kTemplate];
  job.settings["template"] = choice_of(value);
  if (!fingerprints_.wording) return;
  const std::string source = source_of(*point[kTask]);
  const std::string name = value.settings.at("name");
  const Json& parameters = value.settings.at("parameters");
  job.settings["template"]["wording"] =
      fingerprint(fmt::format("wording {} {} {}", name, parameters.dump(), source), &value,
                  [&] { return fingerprints_.wording(name, parameters, source); });
}

// A saved prompt to start from goes by its content.
void JobGraph::set_tuning(const AxisValue& tuning, Job& job) {
  job.settings["tuning"] = choice_of(tuning);
  const std::string folder = tuning.settings.at("parameters").value("initialization_folder", "");
  if (folder.empty() || !fingerprints_.prompt) return;
  job.settings["tuning"]["parameters"]["initialization_folder"] =
      fingerprint("prompt " + folder, &tuning, [&] { return fingerprints_.prompt(folder); });
  job.locations["initialization_folder"] = folder;
}

// Soft tokens in a template that nothing would train.
void JobGraph::refuse_unfit(const GridPoint& point) const {
  const AxisValue& form = *point[kTemplate];
  const AxisValue& tuning = *point[kTuning];
  if (!form.settings.value("soft_tokens", false) || tuning.settings.value("soft_tokens", false))
    return;
  rethrow(
      sweep_, &form,
      ConfigError(fmt::format("template \"{}\" has soft tokens in it, which tuning \"{}\" does not "
                              "train; exclude the two "
                              "from each other with [[exclude]] template = \"{}\", tuning = \"{}\"",
                              form.label, tuning.label, form.label, tuning.label)));
}

ModelSize JobGraph::size_of(const AxisValue& objective) const {
  const bool published = is_named(objective, "checkpoint");
  const Json& config = published ? objective.settings.at("model") : sweep_.model;
  const VocabularySettings& vocabulary = sweep_.vocabulary;
  int64_t rows = config.value("vocab_size", int64_t{32128});
  if (!published && vocabulary.type == "pieces") rows = vocabulary.pieces + vocabulary.sentinels;
  if (!published && vocabulary.type == "bytes") rows = 259 + vocabulary.sentinels;
  return model_size(config, rows);
}

// What no cell could do is said now, and not by the first job that tries.
void JobGraph::check_data(const GridPoint& point, const TuneSettings& tune) {
  const std::string source = source_of(*point[kTask]);
  if (fingerprints_.metrics_of) note_metrics(*point[kTask]);
  check_size(source, *point[kTrainSize], tune.validation_examples, *point[kSeed]);
  const SelectSettings& select = sweep_.select;
  if (select.examples == 0) return;
  const TrainSizeSettings most_probed{.heads =
                                          std::max({int64_t{1}, select.shots, select.race_heads})};
  check_size(source, {.label = "select", .settings = most_probed, .line = select.line, .column = 1},
             select.examples,
             {.label = std::to_string(sweep_.pretrain.seed), .settings = sweep_.pretrain.seed});
}

void JobGraph::note_metrics(const AxisValue& task) {
  const std::string source = source_of(task);
  check_once("metrics " + source, task, [&] {
    for (const std::string& metric : fingerprints_.metrics_of(source, sweep_.evaluate.metrics))
      measured_.insert(metric);
  });
}

// Tasks whose cells are all left out count too: a sweep may have its metrics from a larger one, to
// share its jobs.
void JobGraph::refuse_unmeasured() {
  if (!fingerprints_.metrics_of || sweep_.pretrain_only) return;
  const auto is_missing = [&](const std::string& metric) { return !measured_.contains(metric); };
  const std::vector<std::string>& metrics = sweep_.evaluate.metrics;
  if (std::ranges::none_of(metrics, is_missing)) return;
  for (const AxisValue& task : sweep_.axes.at("task")) note_metrics(task);
  const auto missing = std::ranges::find_if(metrics, is_missing);
  if (missing == metrics.end()) return;
  throw_<ConfigError>(
      "{}: metric \"{}\" needs choices or labels, and no task of this sweep has any: take it out "
      "of metrics",
      sweep_.file.string(), *missing);
}

void JobGraph::check_size(const std::string& task, const AxisValue& size,
                          int64_t validation_examples, const AxisValue& seed) {
  if (!fingerprints_.check_size) return;
  check_once(
      fmt::format("size {} {} {} {}", task, size.settings.dump(), validation_examples, seed.label),
      size, [&] {
        fingerprints_.check_size(task, size.settings.get<TrainSizeSettings>(), validation_examples,
                                 seed.settings.get<uint64_t>());
      });
}

int64_t JobGraph::tune(const GridPoint& point, const std::string& name) {
  const auto tune = point[kTuning]->settings.at("tune").get<TuneSettings>();
  const auto train_size = point[kTrainSize]->settings.get<TrainSizeSettings>();
  refuse_unfit(point);
  check_data(point, tune);
  Job job{.kind = JobKind::tune, .name = name, .settings = Json::object()};
  start_from(point, job);
  set_task(*point[kTask], job);
  set_tuning(*point[kTuning], job);
  job.settings["train_size"] = train_size;
  job.settings["seed"] = point[kSeed]->settings;
  job.settings["tune"] = tune;
  job.settings["evaluate"] = sweep_.evaluate;
  const ModelSize size = size_of(*point[kObjective]);
  job.cost_seconds = tune_seconds(size, tune, train_size, !is_named(*point[kTuning], "full")) +
                     evaluate_seconds(size, tune.max_source_length, sweep_.evaluate);
  return add(std::move(job));
}

int64_t JobGraph::most_frequent(const GridPoint& point, const std::string& name) {
  Job job{.kind = JobKind::baseline, .name = name};
  job.settings = {{"baseline", "most_frequent"},
                  {"train_size", point[kTrainSize]->settings},
                  {"seed", point[kSeed]->settings},
                  // the heads held out are not in the cell's training subset
                  {"validation_examples", sweep_.tune.validation_examples},
                  {"evaluate", sweep_.evaluate}};
  set_task(*point[kTask], job);
  job.cost_seconds = kOverheadSeconds;
  return add(std::move(job));
}

int64_t JobGraph::copy(const GridPoint& point, const std::string& name) {
  Job job{.kind = JobKind::baseline, .name = name};
  job.settings = {{"baseline", "copy"}, {"evaluate", sweep_.evaluate}};
  set_task(*point[kTask], job);
  job.cost_seconds = kOverheadSeconds;
  return add(std::move(job));
}

// Without training the seed decides nothing but a random start, and of [tune] only the lengths
// matter: the rest stands at its defaults, so that no learning rate re-runs this.
int64_t JobGraph::untuned(const GridPoint& point, const std::string& name) {
  const TuneSettings lengths{.max_source_length = sweep_.tune.max_source_length,
                             .max_target_length = sweep_.tune.max_target_length};
  Job job{.kind = JobKind::baseline, .name = name};
  job.settings = {{"baseline", "untuned"}, {"tune", lengths}, {"evaluate", sweep_.evaluate}};
  start_from(point, job);
  set_task(*point[kTask], job);
  if (is_named(*point[kObjective], "none") && !is_adapted(point))
    job.settings["seed"] = point[kSeed]->settings;
  job.cost_seconds =
      evaluate_seconds(size_of(*point[kObjective]), sweep_.tune.max_source_length, sweep_.evaluate);
  return add(std::move(job));
}

}  // namespace dovetail
