// SPDX-License-Identifier: Apache-2.0
// What each selector makes of one made-up task, as readable files. The task's numbers are chosen so
// that every choice can be checked by eye.
#include "golden/golden.h"

#include <fmt/format.h>

#include "analysis/made_up.h"
#include "analysis/selectors/selectors.h"

namespace dovetail {
namespace {

struct MadeUpProbe {
  const char* objective;
  const char* template_name;
  std::vector<float> depth_rank, depth_rank_min, loss, template_loss, race;
};

// Two training examples. Masking takes the mean depth rank from 30 to 15, the least one from 100 to
// 81; the untuned model finds answers likeliest under the first row, inputs under the last.
const std::vector<MadeUpProbe> kProbes{
    {"span_corruption", "masked_prompting", {10, 20}, {81, 81}, {2, 3}, {5, 5}, {0.2F, 0.4F}},
    {"span_corruption", "prompting", {20, 40}, {100, 100}, {4, 4}, {4, 4}, {0.1F, 0.1F}},
    {"prefix_lm", "mapping", {}, {}, {5, 5}, {6, 6}, {0.1F, 0.2F}},
    {"prefix_lm", "prompting", {}, {}, {3, 4}, {2, 2}, {0.5F, 0.7F}}};

Probe probe_of(const MadeUpProbe& row) {
  Probe probe{"t", {row.objective, "", row.template_name}, 0, 0, {}, {1, 0.1F}};
  const auto add = [&](const char* name, const std::vector<float>& values) {
    if (!values.empty()) probe.per_example[name] = values;
  };
  add("probe_depth_rank", row.depth_rank);
  add("probe_depth_rank_min", row.depth_rank_min);
  add("probe_loss", row.loss);
  add("probe_template_loss", row.template_loss);
  add("race_score", row.race);
  probe.per_example["probe_filling"] = {0.9F, 0.8F};
  return probe;
}

// Three tasks near this one prefer the first candidate, a far one the last.
std::vector<SweptTask> other_tasks(const Candidate& embedded) {
  const std::vector<float> near{1, 0}, far{-1, 0};
  std::vector<SweptTask> tasks;
  for (const char* name : {"near a", "near b", "near c", "far"}) {
    const bool is_far = std::string(name) == "far";
    SweptTask task{name, {0.1, 0, 0, -0.1}, {{name, embedded, 0, 0, {}, is_far ? far : near}}};
    if (is_far) task.leads = {-0.5, 0, 0, 0.5};
    tasks.push_back(task);
  }
  return tasks;
}

SelectorContext made_up_task() {
  SelectorContext context;
  context.traits = made_up::traits();
  for (const MadeUpProbe& row : kProbes) {
    context.candidates.push_back({row.objective, "", row.template_name});
    context.probes.push_back(probe_of(row));
  }
  context.facts = {{"relation", "xAttr"},
                   {"flex_fills", true},
                   {"question_mark_share", 0.9},
                   {"mean_choice_words", 2.5}};
  context.others = other_tasks(context.candidates.front());
  return context;
}

std::string description(const SelectorContext& context) {
  std::string text = "a task of two training examples, probed under\n";
  for (const Probe& probe : context.probes) {
    text += "  " + choice_text(probe.at) + "\n";
    for (const auto& [name, values] : probe.per_example) {
      text += fmt::format("    {:<22}{} {}\n", name, values[0], values[1]);
    }
  }
  text += "facts: " + context.facts.dump() + "\nother tasks: lead of each candidate, embedding\n";
  for (const SweptTask& task : context.others) {
    text += fmt::format("  {:<8}", task.task);
    for (const double lead : task.leads) text += fmt::format("{:>6}", lead);
    text += fmt::format("   ({}, {})\n", task.probes[0].task_embedding[0],
                        task.probes[0].task_embedding[1]);
  }
  return text;
}

std::string golden(const Selector& selector, const SelectorContext& context) {
  const Selection chosen = selector.choose(context);
  std::string text = fmt::format("{} ({})\n{}\nrule: {}\n\n{}\n", selector.name,
                                 selector.baseline ? "baseline" : "method", selector.source,
                                 selector.rule, description(context));
  if (!chosen.absent.empty()) return text + "no choice: " + chosen.absent + "\n";
  text += "choice: " + choice_text(chosen.choice) + "\nreason: " + chosen.reason + "\n";
  if (chosen.confidence) text += fmt::format("confidence: {:.3g}\n", *chosen.confidence);
  if (chosen.value) text += fmt::format("{}: {:.3g}\n", chosen.statistic, chosen.value->mean);
  return text;
}

TEST(SelectorsGolden, EverySelectorHasOne) {
  const SelectorContext context = made_up_task();
  for (const Selector& selector : selectors()) {
    expect_golden("selectors/" + selector.name + ".txt", golden(selector, context));
  }
}

}  // namespace
}  // namespace dovetail
