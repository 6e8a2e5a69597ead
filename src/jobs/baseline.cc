// SPDX-License-Identifier: Apache-2.0
#include "jobs/baseline.h"

#include <algorithm>
#include <map>

#include "examples/subset.h"
#include "jobs/backbone.h"
#include "jobs/evaluate.h"
#include "jobs/guesses.h"
#include "jobs/nearest_example.h"
#include "jobs/training_subset.h"

namespace dovetail {

namespace {

std::string most_frequent_reference(const TaskData& task, const Subset& subset) {
  std::map<std::string, int64_t> counts;  // ordered: equal counts are decided by spelling
  for (const int64_t index : subset.examples) {
    const auto& references = task.train[index].references;
    const size_t kept = subset.references > 0
                            ? std::min<size_t>(subset.references, references.size())
                            : references.size();
    for (size_t i = 0; i < kept; ++i) ++counts[references[i]];
  }
  const auto best =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == counts.end() ? "" : best->first;
}

std::string without_sense_note(const std::string& text) {
  const size_t open = text.rfind(" (");
  return text.ends_with(")") && open != std::string::npos && open > 0 ? text.substr(0, open) : text;
}

// The validation examples of the cells of these seeds.
std::vector<const Example*> examples_of(const BaselineValidation& validation,
                                        const TaskData& task) {
  std::vector<const Example*> examples;
  for (const uint64_t seed : validation.seeds) {
    const Subset subset = training_subset(task, {}, seed, validation.examples);
    for (const Example* example : validation_examples_of(task, subset)) examples.push_back(example);
  }
  return examples;
}

void run_untuned(const Job& job, const TaskData& task, Artefacts& artefacts, Record& record) {
  const BaselineJob& baseline = settings_of<BaselineJob>(job);
  const UntunedSettings& settings = baseline.untuned.value();
  Backbone backbone = load_backbone(job, settings.start, settings.seed.value_or(0),
                                    /*keeps_weights=*/false, artefacts);
  const auto method = find_tuning("full").make(backbone.model, {}, 0);
  const ExampleEncoder encoder(
      task, untuned_template(settings.tmpl), *backbone.vocabulary, {},
      backbone.model.config().vocab_size,
      {settings.max_source_length, settings.max_target_length, row_texts(backbone.model.config())});
  evaluate(backbone.model, *method, encoder, baseline.evaluate, record);
  if (baseline.validation)
    validate(examples_of(*baseline.validation, task), backbone.model, *method, encoder,
             baseline.evaluate, record);
}

Subset subset_of(const BaselineJob& baseline, const TaskData& task) {
  const SubsetSettings& settings = baseline.subset.value();
  return training_subset(task, settings.train_size, settings.seed, settings.validation_examples);
}

std::vector<std::string> copied_sources(const TaskData& task, const std::vector<int64_t>& test) {
  std::vector<std::string> answers;
  for (const int64_t index : test) answers.push_back(without_sense_note(task.test[index].source));
  return answers;
}

// The answers of a baseline without a model, one for each test example.
std::vector<std::string> answers_of(const BaselineJob& baseline, const TaskData& task,
                                    const std::vector<int64_t>& test) {
  switch (baseline.baseline) {
    case BaselineKind::most_frequent_position:
      return most_frequent_positions(task, subset_of(baseline, task), test);
    case BaselineKind::longest_choice: return longest_choices(task, test);
    case BaselineKind::most_frequent:
      return std::vector<std::string>(test.size(),
                                      most_frequent_reference(task, subset_of(baseline, task)));
    case BaselineKind::most_frequent_in_stratum:
      return most_frequent_in_stratum(task, subset_of(baseline, task), test);
    case BaselineKind::one_sentence:
    case BaselineKind::entity_overlap:
      return answers_by_rule(task, to_string(baseline.baseline),
                             most_frequent_reference(task, subset_of(baseline, task)), test);
    case BaselineKind::nearest_example:
      return nearest_answers(task, subset_of(baseline, task), test);
    case BaselineKind::copy: return copied_sources(task, test);
    case BaselineKind::chance:
    case BaselineKind::untuned: break;  // have no answers, or a model
  }
  throw std::logic_error("a baseline without answers of its own");
}

// Scores a baseline without a model on the task's test examples, `count` of them (0: all).
void score_answers_of(const BaselineJob& baseline, const TaskData& task, int64_t count,
                      Record& record) {
  const std::vector<int64_t> test = choose_test(task, count);
  const std::vector<std::string>& metrics = baseline.evaluate.metrics;
  if (baseline.baseline == BaselineKind::chance) return score_chance(task, test, metrics, record);
  score_predictions(task, test, answers_of(baseline, task, test), metrics, record);
}

}  // namespace

void run_baseline(const Job& job, Artefacts& artefacts, Record& record) {
  const BaselineJob& baseline = settings_of<BaselineJob>(job);
  const auto task = load_task(job, baseline.task, artefacts);
  if (baseline.baseline == BaselineKind::untuned) return run_untuned(job, *task, artefacts, record);
  score_answers_of(baseline, *task, baseline.evaluate.test_examples, record);
  if (!baseline.validation) return;
  TaskData validated = *task;
  validated.test.clear();
  for (const Example* example : examples_of(*baseline.validation, *task))
    validated.test.push_back(*example);
  Record scored;
  score_answers_of(baseline, validated, /*count=*/0, scored);
  record.validation_scores = std::move(scored.per_example);
}

}  // namespace dovetail
