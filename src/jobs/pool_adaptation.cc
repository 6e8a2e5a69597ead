// SPDX-License-Identifier: Apache-2.0
#include "jobs/pool_adaptation.h"

#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "jobs/job_pool.h"
#include "jobs/pool_labels.h"
#include "jobs/training_subset.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// What the metrics that a cell's record repeats begin with.
constexpr std::string_view kRepeated = "pool_";

Subset labelled_subset(const PoolAdaptation& pool, const TaskData& task) {
  if (!pool.labelled) return {};
  const SubsetSettings& labelled = *pool.labelled;
  return training_subset(task, labelled.train_size, labelled.seed, labelled.validation_examples);
}

std::vector<int64_t> labels_of_tuned_cell(const Job& job, const TaskData& task, size_t count,
                                          const Artefacts& artefacts) {
  const fs::path folder = artefacts.whole_folder(artefacts.labels_folder(job.input_keys.back()));
  return read_labels_of_pool(folder / kPoolLabelsFile, task, count);
}

using MaybeEncoder = std::optional<ExampleEncoder>;

// Of the forms that are written in a template.
MaybeEncoder encoder_for(const AdaptJob& settings, const TaskData& task, const Backbone& backbone) {
  if (!settings.pool->tmpl) return std::nullopt;
  return std::make_optional<ExampleEncoder>(
      task, untuned_template(*settings.pool->tmpl), *backbone.vocabulary, SoftTokenPlan{},
      backbone.model.config().vocab_size,
      RowLimits{settings.adapt.max_source_length, settings.adapt.max_target_length});
}

PoolLine line_of(const AdaptSettings& adapt, const MaybeEncoder& encoder,
                 const Vocabulary& vocabulary, const Example& example, int64_t label,
                 bool label_last) {
  const std::string form = adapt.parameters.at("form");
  if (adapt.name == "tapt") {
    return form == "template"
               ? unfilled_line(*encoder, example)
               : text_line(vocabulary, example, form == "separator", adapt.max_source_length);
  }
  return form == "template" ? filled_line(*encoder, example, label, label_last)
                            : labelled_text_line(*encoder, example, label, adapt.max_source_length);
}

}  // namespace

std::vector<int64_t> labels_by(const std::string& how, const std::vector<int64_t>& predicted,
                               const std::vector<int64_t>& answers, size_t num_labels,
                               uint64_t seed) {
  Rng rng(derive_seed(seed, "pool labels"));
  std::vector<int64_t> labels = how == "oracle" ? answers : predicted;
  if (how == "shuffled") rng.shuffle(std::span(labels));
  if (how == "one") labels.assign(answers.size(), static_cast<int64_t>(rng.below(num_labels)));
  if (how == "random") {
    for (size_t i = 0; i < answers.size(); ++i)
      labels.push_back(static_cast<int64_t>(rng.below(num_labels)));
  }
  for (const int64_t label : labels) {
    if (label >= 0) continue;
    throw_<DataError>(
        "labels = \"oracle\" needs the data's own label of every example of the pool, and some "
        "have none: name their column in the card (pool.columns.label), or exclude this control");
  }
  return labels;
}

PoolText make_pool_text(const Job& job, const Backbone& backbone, Artefacts& artefacts) {
  const AdaptJob& settings = settings_of<AdaptJob>(job);
  const PoolAdaptation& source = settings.pool.value();
  const auto task = load_task(job, source.task, artefacts);
  const Pool pool =
      pool_of_job(job, *task, source.task, source.pool, labelled_subset(source, *task));
  PoolText text{.label_accuracy = std::nan("")};
  if (settings.adapt.name == "pcp") {
    const std::string how = settings.adapt.parameters.at("labels");
    std::vector<int64_t> predicted;
    if (how == "pseudo" || how == "shuffled")
      predicted = labels_of_tuned_cell(job, *task, pool.examples.size(), artefacts);
    text.labels = labels_by(how, predicted, pool.answers, task->labels.size(), source.seed);
    text.label_accuracy = label_accuracy(text.labels, pool.answers);
  }
  const MaybeEncoder encoder = encoder_for(settings, *task, backbone);
  const bool label_last =
      find_objective(source.objective.name).answer_style == AnswerStyle::continuation;
  for (size_t i = 0; i < pool.examples.size(); ++i) {
    text.lines.push_back(line_of(settings.adapt, encoder, *backbone.vocabulary, pool.examples[i],
                                 text.labels.empty() ? 0 : text.labels[i], label_last));
  }
  return text;
}

uint64_t pool_seed(const AdaptJob& settings) {
  return derive_seed(static_cast<uint64_t>(settings.adapt.seed),
                     fmt::format("pool/{}", settings.pool->seed));
}

LineBatches batches_of(const PoolText& text, const AdaptJob& settings, const Backbone& backbone) {
  return LineBatches(text.lines, *backbone.vocabulary,
                     {.objective = settings.pool->objective,
                      .batch_size = settings.adapt.batch_size,
                      .mask_label = settings.adapt.parameters.value("mask_label", "rate"),
                      .seed = pool_seed(settings)},
                     BatchIds(backbone.model.config()));
}

void describe_pool_text(const PoolText& text, const LabelShares& labels, Record& record) {
  record.metrics["pool_examples"] = static_cast<double>(text.lines.size());
  if (!std::isnan(text.label_accuracy)) record.metrics["pool_label_accuracy"] = text.label_accuracy;
  if (std::isnan(labels.asked)) return;
  record.metrics["pool_label_asked"] = labels.asked;
  record.metrics["pool_label_target_share"] = labels.of_targets;
}

void write_pool_text(const fs::path& folder, const PoolText& text, const Vocabulary& vocabulary,
                     const Record& record) {
  std::string lines;
  for (size_t i = 0; i < text.lines.size(); ++i) {
    Json line = {{"text", vocabulary.decode(text.lines[i].ids)}};
    if (!text.labels.empty()) line["label"] = text.labels[i];
    lines += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  write_file_atomically(folder / kPoolTextFile, lines);
  Json repeated = Json::object();
  for (const auto& [name, value] : record.metrics)
    if (name.starts_with(kRepeated)) repeated[name] = value;
  write_file_atomically(folder / kPoolMetricsFile, repeated.dump());
}

void repeat_pool_metrics(const Job& job, const Artefacts& artefacts, Record& record) {
  if (settings_of<TuneJob>(job).start.adaptation.empty()) return;
  const fs::path file = artefacts.folder(job.input_keys.at(0)) / kPoolMetricsFile;
  if (!fs::exists(file)) return;
  const Json repeated = Json::parse(read_file(file));
  for (const auto& [name, value] : repeated.items()) record.metrics[name] = value.get<double>();
}

}  // namespace dovetail
