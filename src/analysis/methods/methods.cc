// SPDX-License-Identifier: Apache-2.0
#include "analysis/methods/methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/methods/settings_words.h"
#include "base/names.h"

namespace dovetail {

namespace {

MethodsPart design(const Analysis& analysis) {
  const RunFacts& facts = analysis.facts;
  constexpr std::pair<const char*, const char*> kNouns[] = {{"objective", "objectives"},
                                                            {"adaptation", "adaptations"},
                                                            {"template", "templates"},
                                                            {"tuning", "tuning methods"},
                                                            {"task", "tasks"},
                                                            {"train_size", "training sizes"},
                                                            {"seed", "seeds"}};
  std::vector<std::string> axes;
  for (const auto& [axis, noun] : kNouns) {
    const std::vector<std::string> labels = analysis.labels(axis);
    if (!labels.empty()) axes.push_back(fmt::format("{}: {}", noun, join(labels, ", ")));
  }
  return {"Design",
          {fmt::format("The sweep {} crosses {}. That makes {}, baselines included, of which {} "
                       "finished.",
                       analysis.plan->sweep_name, join(axes, "; "), counted(facts.cells, "cell"),
                       facts.cells_finished)}};
}

// Jobs of one kind that say the same, with the names of what they differ in.
using NamesByWords = std::vector<std::pair<std::string, std::vector<std::string>>>;

void add_name(NamesByWords& all, const std::string& words, const std::string& name) {
  auto same = std::ranges::find(all, words, &NamesByWords::value_type::first);
  if (same == all.end()) same = all.insert(all.end(), {words, {}});
  if (std::ranges::find(same->second, name) == same->second.end()) same->second.push_back(name);
}

const TuneJob* tune_job_of(const Plan& plan, const Cell& cell) {
  return std::get_if<TuneJob>(&plan.jobs[static_cast<size_t>(cell.job)].settings);
}

std::string start_words(const Plan& plan, const Cell& cell, const StartSettings& start) {
  const std::string& label = cell.coordinates[kObjective];
  if (start.objective.name == "none") return label + " is a random start, without pre-training.";
  if (start.objective.name == "checkpoint")
    return fmt::format("{} is a checkpoint that was made elsewhere, with {}.", label,
                       model_words(start.model));
  return fmt::format("{} is the objective {}.", label,
                     with_source(plan, "objective", choice_words(start.objective)));
}

MethodsPart models(const Plan& plan) {
  MethodsPart part{"Models and pre-training", {}};
  std::vector<std::string> starts;
  for (const Cell& cell : plan.cells) {
    const TuneJob* tune = tune_job_of(plan, cell);
    if (!tune || !tune->start.adaptation.empty()) continue;
    const std::string words = start_words(plan, cell, tune->start);
    if (std::ranges::find(starts, words) == starts.end()) starts.push_back(words);
  }
  if (!starts.empty()) part.paragraphs.push_back(join(starts, " "));
  NamesByWords runs;
  for (const Job& job : plan.jobs) {
    const auto* pretrain = std::get_if<PretrainJob>(&job.settings);
    if (!pretrain) continue;
    add_name(
        runs,
        fmt::format("encoder-decoders with {} were pre-trained {}.", model_words(pretrain->model),
                    pretrain_words(*pretrain, plan)),
        fmt::format("{} (seed {})", choice_words(pretrain->objective), pretrain->pretrain.seed));
  }
  for (const auto& [words, names] : runs)
    part.paragraphs.push_back(fmt::format("Under {}, {}", listed(names), words));
  return part;
}

MethodsPart tuning(const Plan& plan) {
  NamesByWords all;
  for (const Cell& cell : plan.cells) {
    const TuneJob* tune = tune_job_of(plan, cell);
    if (!tune) continue;
    const std::string& label = cell.coordinates[kTuning];
    const std::string method = with_source(plan, "tuning", tune->tuning.name);
    ChoiceSettings choice = tune->tuning;
    choice.name = method;
    add_name(all, tune_words(*tune, plan),
             label == tune->tuning.name ? choice_words(choice)
                                        : fmt::format("{}: {}", label, choice_words(choice)));
  }
  MethodsPart part{"Tuning", {}};
  for (const auto& [words, names] : all)
    part.paragraphs.push_back(fmt::format("Models were tuned by {}: {}.", listed(names), words));
  return part;
}

// The examples that the cells of a task were tested on; 0 before the first has finished.
int64_t num_test_examples(const Analysis& analysis, const std::string& task) {
  for (const CellGroup& group : analysis.groups) {
    if (group.task != task) continue;
    for (const CellResult& cell : group.cells) {
      if (cell.record && !cell.record->predictions.empty())
        return std::ssize(cell.record->predictions);
    }
  }
  return 0;
}

MethodsPart data(const Analysis& analysis) {
  const Plan& plan = *analysis.plan;
  std::vector<std::string> tasks;
  for (const std::string& task : analysis.labels("task")) {
    const int64_t tested = num_test_examples(analysis, task);
    tasks.push_back(fmt::format(
        "{}, decided by {}{}", with_source(plan, "task", task), primary_metric_of(plan, task),
        tested > 0 ? fmt::format(" on {}", counted(tested, "test example")) : ""));
  }
  MethodsPart part{"Data", {}};
  if (!tasks.empty()) part.paragraphs.push_back("The tasks are " + join(tasks, "; ") + ".");
  if (!plan.notes.empty())
    part.paragraphs.push_back("Of the data: " + join(plan.notes, ". ") + ".");
  return part;
}

MethodsPart evaluation(const Plan& plan) {
  MethodsPart part{"Evaluation", {}};
  for (const Cell& cell : plan.cells) {
    const TuneJob* tune = tune_job_of(plan, cell);
    if (!tune) continue;
    const std::string words = evaluate_words(tune->evaluate);
    if (std::ranges::find(part.paragraphs, words) == part.paragraphs.end())
      part.paragraphs.push_back(words);
  }
  return part;
}

// As docs/statistics.md has it.
MethodsPart statistics(const Analysis& analysis) {
  const Plan& plan = *analysis.plan;
  const bool by_validation = std::ranges::any_of(analysis.decisions, &Decision::by_validation);
  MethodsPart part{
      "Statistics",
      {"Scores are means over seeds and test examples. Intervals of paired differences are "
       "Student's t intervals at 95 %. Their variance adds what other test examples and what "
       "other runs would change; the second is pooled over all cells of a task, training size "
       "and tuning. " +
       std::string(by_validation
                       ? "Where every cell has scores on validation examples, they choose, and "
                         "the test examples are scored once. Elsewhere the"
                       : "The") +
       " score to expect of the best of several choices is corrected by cross-fitting, over halves "
       "of the runs and of the examples. No choice is called the best "
       "unless an F test finds that the cells differ (p below 0.05)."}};
  if (!plan.claims.empty()) {
    part.paragraphs.push_back(
        "Claims are judged by paired differences, each task counting alike. Five tasks or more are "
        "a draw from many; the p-value is the larger one of Student's test and Hall's for skewed "
        "effects (1992). The p-values are corrected for their family (Holm 1979), and verdicts act "
        "on the corrected ones.");
  }
  return part;
}

MethodsPart software(const RunFacts& facts) {
  constexpr std::pair<const char*, const char*> kKeys[] = {{"commit", "Dovetail at commit"},
                                                           {"libtorch", "LibTorch"},
                                                           {"device", "device"},
                                                           {"cpu", "processor"},
                                                           {"precision", "precision"},
                                                           {"threads", "threads a rank:"}};
  std::vector<std::string> parts;
  for (const auto& [key, words] : kKeys) {
    const auto values = facts.provenance.find(key);
    if (values == facts.provenance.end()) continue;
    parts.push_back(
        fmt::format("{} {}", words, listed({values->second.begin(), values->second.end()})));
  }
  MethodsPart part{"Software", {}};
  if (!parts.empty()) part.paragraphs.push_back(join(parts, "; ") + ".");
  return part;
}

}  // namespace

std::vector<MethodsPart> methods_section(const Analysis& analysis) {
  const Plan& plan = *analysis.plan;
  std::vector<MethodsPart> parts{design(analysis),        models(plan),     tuning(plan),
                                 data(analysis),          evaluation(plan), statistics(analysis),
                                 software(analysis.facts)};
  std::erase_if(parts, [](const MethodsPart& part) { return part.paragraphs.empty(); });
  return parts;
}

}  // namespace dovetail
