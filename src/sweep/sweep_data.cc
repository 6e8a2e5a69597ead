// SPDX-License-Identifier: Apache-2.0
#include "sweep/sweep_data.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>

#include "base/error.h"
#include "sweep/final_spans.h"

namespace dovetail {

namespace {

std::string with_place(const Sweep& sweep, const AxisValue* value, const std::string& message) {
  if (!value || value->line == 0) return message;
  return fmt::format("{}:{}:{}: {}", sweep.file.string(), value->line, value->column, message);
}

bool is_pretrained_here(const AxisValue& objective) {
  const auto& value = objective.as<ObjectiveValue>();
  return !value.is("none") && !value.is("checkpoint");
}

}  // namespace

void fail_at_value(const Sweep& sweep, const AxisValue& value, const std::string& message) {
  throw ConfigError(with_place(sweep, &value, message));
}

SweepData::SweepData(const Sweep& sweep, DataInspector& inspector)
    : sweep_(sweep), inspector_(inspector) {}

const std::string& SweepData::once(const std::string& thing, const AxisValue* value,
                                   const std::function<std::string()>& compute) {
  if (const auto known = known_.find(thing); known != known_.end()) return known->second;
  try {
    return known_[thing] = compute();
  } catch (const ConfigError& error) {
    throw ConfigError(with_place(sweep_, value, error.what()));
  } catch (const DataError& error) {
    throw DataError(with_place(sweep_, value, error.what()));
  }
}

std::string SweepData::fingerprint(DataSource source, const std::string& name,
                                   const AxisValue* value) {
  return once(fmt::format("source {} {}", static_cast<int>(source), name), value,
              [&] { return inspector_.fingerprint(source, name); });
}

std::string SweepData::saved_start(const std::string& tuning, const std::string& folder,
                                   const AxisValue* value) {
  return once(fmt::format("start of {} {}", tuning, folder), value, [&] {
    inspector_.check_saved_start(tuning, folder);
    return inspector_.fingerprint(DataSource::adapter, folder);
  });
}

PoolSource SweepData::pool(const PoolRequest& request, const AxisValue& value) {
  std::string thing = fmt::format("pool {} {} {} {} {}", request.task, request.from, request.file,
                                  request.examples, request.for_labels);
  if (request.from == "train" || request.from == "labelled") thing += Json(request.labelled).dump();
  return {request.from, once(thing, &value, [&] { return inspector_.pool_fingerprint(request); }),
          request.examples};
}

void SweepData::check_label_mask(const std::string& objective, const std::string& mask_label,
                                 const AxisValue& value) {
  once(fmt::format("label mask {} {}", objective, mask_label), &value, [&] {
    inspector_.check_label_mask(objective, mask_label);
    return std::string();
  });
}

// A file is named without its folders; the fingerprint is of its content.
std::vector<CorpusSource> SweepData::corpus(const std::vector<std::string>& names) {
  std::vector<CorpusSource> sources;
  for (const std::string& name : names) {
    sources.push_back(
        {std::filesystem::path(name).filename().string(), fingerprint(DataSource::corpus, name)});
  }
  return sources;
}

TaskSource SweepData::task(const AxisValue& task) {
  const auto& settings = task.as<TaskValue>();
  return {settings.name, fingerprint(DataSource::task, settings.source(), &task),
          inspector_.task_kind(settings.source())};
}

TemplateSettings SweepData::template_settings(const AxisValue& tmpl, const TaskValue& task) {
  const ChoiceSettings& choice = tmpl.as<TemplateValue>().choice;
  const std::string thing =
      fmt::format("wording {} {} {}", choice.name, choice.parameters.dump(), task.source());
  return {choice.name, choice.parameters,
          once(thing, &tmpl, [&] { return inspector_.wording(choice, task.source()); })};
}

Json SweepData::task_facts(const AxisValue& task) {
  return inspector_.task_facts(task.as<TaskValue>().source());
}

std::string SweepData::task_source(const AxisValue& task) {
  return inspector_.task_source(task.as<TaskValue>().source());
}

TaskStrata SweepData::test_strata(const AxisValue& task) {
  return inspector_.test_strata(task.as<TaskValue>().source(), sweep_.evaluate.test_examples);
}

TaskSize SweepData::task_size(const AxisValue& task) {
  return inspector_.task_size(task.as<TaskValue>().source());
}

std::optional<PretrainEstimate> SweepData::pretrain_estimate(const PretrainJob& job,
                                                             const std::vector<std::string>& corpus,
                                                             const ModelSize& size) {
  PretrainJob of_any_seed = job;
  of_any_seed.pretrain.seed = 1;
  of_any_seed.stage = 1;
  const auto [known, is_new] = estimates_.try_emplace(Json(of_any_seed).dump());
  if (!is_new) return known->second;
  known->second = inspector_.pretrain_estimate(of_any_seed, corpus, sweep_.vocabulary,
                                               sweep_.vocabulary_file, size);
  const std::string note = known->second ? final_span_note(job, *known->second) : "";
  const auto& notes = pretrain_notes_;
  if (!note.empty() && std::ranges::find(notes, note) == notes.end())
    pretrain_notes_.push_back(note);
  return known->second;
}

void SweepData::check_cell(const GridPoint& point) {
  const std::string task = task_of(point).source();
  note_metrics(*point[kTask]);
  check_choosing_metric(*point[kTask], point[kTuning]->as<TuningValue>().tune.choice);
  refuse_without_labels(*point[kTuning], *point[kTask]);
  trained_parameters(*point[kTuning], point[kObjective]->as<ObjectiveValue>());
  check_size(task, *point[kTrainSize], point[kTuning]->as<TuningValue>().tune.validation_examples,
             *point[kSeed]);
  check_headers(point);
  const SelectSettings& select = sweep_.select;
  if (select.examples == 0) return;
  const TrainSizeSettings most_probed{
      .examples = std::max({int64_t{1}, select.shots, select.race_examples})};
  const auto seed = static_cast<uint64_t>(sweep_.pretrain.seed);
  check_size(task, {.label = "select", .settings = most_probed, .line = select.line, .column = 1},
             select.examples, {.label = std::to_string(seed), .settings = SeedValue{seed}});
}

void SweepData::check_headers(const GridPoint& point) {
  const auto& tmpl = point[kTemplate]->as<TemplateValue>();
  if (!tmpl.conversation) return;
  const auto& start = point[kObjective]->as<ObjectiveValue>();
  const TuneSettings& tune = point[kTuning]->as<TuningValue>().tune;
  const std::string thing =
      fmt::format("headers {} {} {} {}", Json(tmpl.choice).dump(), start.folder,
                  tune.max_source_length, tune.max_target_length);
  once(thing, point[kTemplate], [&] {
    inspector_.check_headers(tmpl.choice, tune, start.is("checkpoint") ? start.folder : "",
                             sweep_.vocabulary, sweep_.vocabulary_file);
    return std::string();
  });
}

void SweepData::refuse_without_labels(const AxisValue& tuning, const AxisValue& task) {
  if (!tuning.as<TuningValue>().classifies) return;
  if (task_facts(task).value("layout", "") == "classification") return;
  fail_at_value(sweep_, tuning,
                fmt::format("tuning \"{}\" chooses among the labels of a classification, and task "
                            "\"{}\" has none; exclude the two from each other with [[exclude]] "
                            "tuning = \"{}\", task = \"{}\"",
                            tuning.label, task.label, tuning.label, task.label));
}

int64_t SweepData::trained_parameters(const AxisValue& tuning, const ObjectiveValue& objective) {
  const ChoiceSettings& choice = tuning.as<TuningValue>().choice;
  const TuneSettings& tune = tuning.as<TuningValue>().tune;
  const Json& model = objective.is("checkpoint") ? objective.model : sweep_.model;
  const std::string thing =
      fmt::format("tuning {} {} {}", Json(choice).dump(), Json(tune).dump(), model.dump());
  return std::stoll(once(thing, &tuning, [&] {
    return std::to_string(inspector_.check_tuning(choice, tune, model));
  }));
}

int64_t SweepData::soft_tokens(const AxisValue& tmpl, const AxisValue& tuning,
                               const AxisValue& task) {
  const ChoiceSettings& form = tmpl.as<TemplateValue>().choice;
  const ChoiceSettings& choice = tuning.as<TuningValue>().choice;
  const std::string& source = task.as<TaskValue>().source();
  const std::string thing =
      fmt::format("soft tokens {} {} {}", Json(form).dump(), Json(choice).dump(), source);
  return std::stoll(once(thing, &tuning, [&] {
    return std::to_string(inspector_.soft_tokens(form, choice, source));
  }));
}

int64_t SweepData::num_sentinels(const AxisValue& objective) {
  const auto& start = objective.as<ObjectiveValue>();
  if (!start.is("checkpoint")) return sweep_.vocabulary.sentinels;
  return std::stoll(once("sentinels " + start.folder, &objective,
                         [&] { return std::to_string(inspector_.num_sentinels(start.folder)); }));
}

int64_t SweepData::sentinels_to_denoise(int64_t instruction_tokens) {
  return inspector_.sentinels_to_denoise(instruction_tokens);
}

void SweepData::check_choosing_metric(const AxisValue& task, const ValidationChoice& choice) {
  if (!choice.any() || choice.metric == "loss" || choice.metric == "primary") return;
  const std::string& source = task.as<TaskValue>().source();
  once("choosing metric " + choice.metric + " " + source, &task, [&] {
    if (inspector_.measurable(source, {choice.metric}).empty()) {
      throw_<ConfigError>(
          "metric_for_best_model \"{}\" has no evidence on task {}: give \"primary\" (of each task "
          "the metric that decides it), or \"loss\"",
          choice.metric, task.label);
    }
    return std::string();
  });
}

void SweepData::note_metrics(const AxisValue& task) {
  const std::string& source = task.as<TaskValue>().source();
  once("metrics " + source, &task, [&] {
    for (const std::string& metric : inspector_.measurable(source, sweep_.evaluate.metrics))
      measured_.insert(metric);
    return std::string();
  });
}

// Tasks whose cells are all excluded count too: a sweep may take its metrics from a larger one, so
// that the two share jobs.
void SweepData::refuse_unmeasured() {
  if (sweep_.pretrain_only) return;
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

std::string SweepData::primary_metric(const AxisValue& task) {
  const std::string& source = task.as<TaskValue>().source();
  return once("primary metric " + source, &task,
              [&] { return inspector_.primary_metric(source, sweep_.evaluate.metrics); });
}

EvaluateSettings SweepData::evaluate(const AxisValue& task) {
  EvaluateSettings settings = sweep_.evaluate;
  const std::string primary = primary_metric(task);
  if (!primary.empty() && std::ranges::find(settings.metrics, primary) == settings.metrics.end())
    settings.metrics.push_back(primary);
  return settings;
}

std::vector<std::string> SweepData::notes(const AxisValue& task) {
  const std::string& source = task.as<TaskValue>().source();
  std::vector<std::string> notes = inspector_.data_notes(source);
  const auto add = [&notes](std::vector<std::string> more) {
    std::ranges::move(more, std::back_inserter(notes));
  };
  // of tunings with limits of their own, the shortest
  const auto shortest = [this](int64_t TuneSettings::*length) {
    int64_t least = std::numeric_limits<int64_t>::max();
    for (const AxisValue& tuning : sweep_.axes.at("tuning"))
      least = std::min(least, tuning.as<TuningValue>().tune.*length);
    return least;
  };
  add(inspector_.cut_row_notes(source, shortest(&TuneSettings::max_source_length),
                               shortest(&TuneSettings::max_target_length)));
  add(inspector_.metric_notes(source, sweep_.evaluate.metrics));
  if (std::ranges::any_of(sweep_.axes.at("objective"), is_pretrained_here)) {
    const std::string note = inspector_.overlap_note(source, sweep_.corpus);
    if (!note.empty()) notes.push_back(note);
  }
  return notes;
}

void SweepData::check_size(const std::string& task, const AxisValue& size,
                           int64_t validation_examples, const AxisValue& seed) {
  const auto& settings = size.as<TrainSizeSettings>();
  const std::string thing =
      fmt::format("size {} {} {} {}", task, Json(settings).dump(), validation_examples, seed.label);
  once(thing, &size, [&] {
    const auto& value = seed.as<SeedValue>();
    inspector_.check_size(task, settings, validation_examples,
                          value.parts.subset.value_or(value.seed));
    return std::string();
  });
}

}  // namespace dovetail
