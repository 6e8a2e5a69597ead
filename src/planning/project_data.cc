// SPDX-License-Identifier: Apache-2.0
#include "planning/project_data.h"

#include <algorithm>

#include "base/error.h"
#include "jobs/chat_encoder.h"
#include "jobs/example_encoder.h"
#include "jobs/instruction_rows.h"
#include "jobs/training_subset.h"
#include "planning/data_fingerprint.h"
#include "planning/pool_check.h"
#include "planning/pretrain_estimate.h"
#include "planning/task_facts.h"
#include "planning/task_metrics.h"
#include "planning/tuning_check.h"
#include "tasks/find_task.h"
#include "templates/render.h"
#include "templates/soft_tokens.h"
#include "tuning/adapter_config.h"

namespace dovetail {

const TaskData& ProjectData::load(const std::string& task) {
  if (task == loaded_) return data_;
  data_ = find_task(task).load();
  loaded_ = task;
  facts_[task] = facts_of(data_);
  sizes_[task] = size_of(data_);
  strata_[task] = strata_of_test(data_);
  words_[task] = word_counts(data_);
  passages_[task] = test_passages(data_);
  references_[task] = reference_letters(data_);
  data_notes_[task] = data_.notes;
  return data_;
}

const BoundTemplate& ProjectData::made(const ChoiceSettings& tmpl) {
  const auto [place, is_new] = templates_.try_emplace(tmpl.name + tmpl.parameters.dump());
  if (is_new) place->second = make_template(tmpl.name, tmpl.parameters);
  return place->second;
}

std::string ProjectData::fingerprint(DataSource source, const std::string& name) {
  return data_fingerprint(source, name);
}

std::string ProjectData::wording(const ChoiceSettings& choice, const std::string& task_name) {
  const BoundTemplate& tmpl = made(choice);
  const TaskData& data = load(task_name);
  const std::string reason = misfit(tmpl, data);
  if (!reason.empty()) throw ConfigError(reason);
  const bool usual = tmpl.parameters == made({.name = choice.name}).parameters;
  prints_[task_name].add(usual ? tmpl.name : tmpl.name + " " + tmpl.parameters.dump(), tmpl, data);
  return template_fingerprint(tmpl, data);
}

std::string ProjectData::task_kind(const std::string& task) { return find_task(task).kind; }

std::string ProjectData::task_source(const std::string& task) { return find_task(task).source; }

Json ProjectData::task_facts(const std::string& task) {
  if (!facts_.contains(task)) load(task);
  return facts_.at(task);
}

// Fewer test examples are the first of more (choose_test).
TaskStrata ProjectData::test_strata(const std::string& task, int64_t count) {
  if (!strata_.contains(task)) load(task);
  TaskStrata strata = strata_.at(task);
  for (std::vector<std::string>& values : strata.values)
    if (count > 0 && count < std::ssize(values)) values.resize(static_cast<size_t>(count));
  return strata;
}

TaskSize ProjectData::task_size(const std::string& task) {
  if (!sizes_.contains(task)) load(task);
  return sizes_.at(task);
}

std::optional<PretrainEstimate> ProjectData::pretrain_estimate(
    const PretrainJob& job, const std::vector<std::string>& corpus,
    const VocabularySettings& vocabulary, const std::string& vocabulary_file,
    const ModelSize& size) {
  try {
    return dovetail::pretrain_estimate(job, sample_of_text(corpus, vocabulary, vocabulary_file),
                                       size);
  } catch (const ConfigError&) {  // the job has the true counts, and the last word
    return {};
  } catch (const DataError&) {
    return {};
  }
}

// Makes the request that the cell will make, so that its error comes at planning time.
void ProjectData::check_size(const std::string& task, const TrainSizeSettings& size,
                             int64_t validation_examples, uint64_t seed) {
  training_subset(load(task), size, seed, validation_examples);
}

std::string ProjectData::pool_fingerprint(const PoolRequest& request) {
  return dovetail::pool_fingerprint(load(request.task), request);
}

void ProjectData::check_label_mask(const std::string& objective, const std::string& mask_label) {
  dovetail::check_label_mask(objective, mask_label);
}

std::vector<std::string> ProjectData::measurable(const std::string& task,
                                                 const std::vector<std::string>& metrics) {
  return measurable_metrics(load(task), metrics);
}

std::string ProjectData::primary_metric(const std::string& task,
                                        const std::vector<std::string>& metrics) {
  return dovetail::primary_metric(task_kind(task), metrics, references_[task]);
}

std::vector<std::string> ProjectData::metric_notes(const std::string& task,
                                                   const std::vector<std::string>& metrics) {
  return dovetail::metric_notes(task_kind(task), metrics, references_[task]);
}

std::vector<std::string> ProjectData::data_notes(const std::string& task) {
  if (!data_notes_.contains(task)) load(task);
  std::vector<std::string> notes = data_notes_.at(task);
  for (std::string& note : prints_[task].notes()) notes.push_back(std::move(note));
  return notes;
}

int64_t ProjectData::check_tuning(const ChoiceSettings& tuning, const TuneSettings& tune,
                                  const Json& model) {
  return dovetail::check_tuning(tuning, tune, model);
}

void ProjectData::check_saved_start(const std::string& tuning, const std::string& folder) {
  for (const TuningEntry& entry : tunings())
    if (entry.name == tuning) dovetail::check_saved_start(entry, read_adapter_config(folder));
}

void ProjectData::check_headers(const ChoiceSettings& tmpl, const TuneSettings& tune,
                                const std::string& checkpoint, const VocabularySettings& vocabulary,
                                const std::string& vocabulary_file) {
  const auto known = [&]() -> std::optional<Vocabulary> {
    if (!checkpoint.empty()) return Vocabulary::from_folder(checkpoint);
    if (vocabulary.type == "bytes") return Vocabulary::bytes();
    if (vocabulary.type == "file") return Vocabulary::from_file(vocabulary_file);
    return std::nullopt;
  }();
  if (!known) return;
  ChatEncoder(*made(tmpl).chat, *known, room_in_frame(*known, tune.max_source_length),
              tune.max_target_length);
}

int64_t ProjectData::soft_tokens(const ChoiceSettings& tmpl, const ChoiceSettings& tuning,
                                 const std::string& task) {
  const BoundTemplate prompt = template_for({tmpl.name, tmpl.parameters, {}}, tuning);
  return std::ssize(soft_tokens_of(prompt, load(task)));
}

int64_t ProjectData::num_sentinels(const std::string& folder) {
  return Vocabulary::from_folder(folder).num_sentinels();
}

int64_t ProjectData::sentinels_to_denoise(int64_t instruction_tokens) {
  return dovetail::sentinels_to_denoise(instruction_tokens);
}

std::string ProjectData::overlap_note(const std::string& task,
                                      const std::vector<std::string>& corpora) {
  if (!passages_.contains(task)) load(task);
  // The text is read once for all tasks that were loaded so far: those of the sweep, as a rule.
  if (!overlap_notes_.contains(task)) overlap_notes_ = overlap_notes(passages_, corpora);
  return overlap_notes_.at(task);
}

std::vector<std::string> ProjectData::cut_row_notes(const std::string& task,
                                                    int64_t max_source_length,
                                                    int64_t max_target_length) {
  if (!words_.contains(task)) load(task);
  return dovetail::cut_row_notes(words_.at(task), max_source_length, max_target_length);
}

}  // namespace dovetail
