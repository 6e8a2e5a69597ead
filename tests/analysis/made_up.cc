// SPDX-License-Identifier: Apache-2.0
#include "analysis/made_up.h"

#include <algorithm>
#include <cmath>

namespace dovetail::made_up {

namespace {

const std::vector<std::string> kObjectives{"none", "span_corruption", "prefix_lm",
                                           "suffix_denoising", "mixed"};
const std::vector<std::string> kTasks{"wordnet/category",          "wordnet/antonym",
                                      "wordnet/derived_from",      "wordnet/hypernym",
                                      "wordnet/hypernym_of_gloss", "wordnet/word_of_gloss"};
const std::vector<std::string> kTemplates{"mapping", "masked_mapping", "prompting",
                                          "masked_prompting"};

// Made-up truths: objectives help some tasks, more with less data; soft prompts trail.
double true_mean(size_t objective, size_t task, size_t form, const std::string& tuning, bool all) {
  const double ease[] = {0.35, 0.08, 0.45, 0.12, 0.15, 0.03};
  const double help[] = {0.22, 0.0, 0.12, 0.05, 0.1, -0.01};
  const double share[] = {0, 0.55, 1.0, 0.8, 0.7};
  double mean = ease[task] + help[task] * share[objective] * (all ? 0.8 : 1.0) +
                (all ? 0.14 : 0.0) * ease[task] * 3;
  mean += 0.015 * static_cast<double>((form * 7 + objective * 3 + task) % 4);
  return std::clamp(tuning == "full" ? mean : mean * 0.7, 0.01, 0.98);
}

std::vector<float> draw(Rng& rng, double mean, const std::vector<double>& difficulty,
                        bool right_or_wrong) {
  std::vector<float> scores;
  for (const double hard : difficulty) {
    const double score =
        std::clamp(mean + 0.35 * (hard - 0.5) + 0.5 * (rng.uniform() - 0.5), 0.0, 1.0);
    scores.push_back(
        static_cast<float>(right_or_wrong ? (rng.uniform() < score ? 1.0 : 0.0) : score));
  }
  return scores;
}

void fill(Record& record, Rng& rng, double mean, const std::vector<double>& difficulty) {
  record.per_example["rouge_l"] = draw(rng, mean, difficulty, false);
  record.per_example["exact_match"] = draw(rng, mean * 0.8, difficulty, true);
  for (const auto& [metric, scores] : record.per_example) {
    double sum = 0;
    for (const float score : scores) sum += score;
    record.metrics[metric] = sum / static_cast<double>(scores.size());
  }
}

int64_t add_pretraining(Results& results, const std::string& objective, int64_t vocabulary,
                        Rng& rng) {
  const int64_t job = results.add_upstream(JobKind::pretrain, "pretrain/" + objective,
                                           60 + 10 * rng.uniform(), {vocabulary});
  Record& record = results.record_of(job);
  record.cost.train_steps = 600;
  record.cost.train_tokens = 2'400'000;
  record.cost.peak_bytes = 480'000'000;
  Curve& loss = record.curves["train_loss"];
  for (int64_t step = 20; step <= 600; step += 20) {
    loss.steps.push_back(step);
    loss.values.push_back(3.2 + 4.5 * std::exp(-static_cast<double>(step) / 150) +
                          0.2 * rng.uniform());
  }
  return job;
}

void add_baselines(Results& results, size_t task, const std::string& kind,
                   const std::vector<double>& difficulty, Rng& rng) {
  const double frequent = task == 5 ? 0.2 : 0.06 + 0.03 * static_cast<double>(task % 3);
  for (const auto& [name, mean] : {std::pair<std::string, double>("most_frequent", frequent),
                                   {"copy", 0.02},
                                   {"untuned", 0.04}}) {
    const std::string objective = name == "untuned" ? "prefix_lm" : "";
    fill(results.add({objective, kTasks[task], "", "", "", ""}, {0.0F}, 0.2, name, kind), rng, mean,
         difficulty);
  }
}

// One cell: planned, and with the given chance run; a few fail.
void add_cell(Results& results, const std::array<std::string, 6>& at, const std::string& kind,
              int64_t pretraining, double finished_share, double mean,
              const std::vector<double>& difficulty, Rng& rng) {
  const int64_t job = results.add_planned(at, "", kind, {pretraining}).job;
  if (rng.uniform() >= finished_share) return;
  const bool all = at[4] == "all";
  results.plan.jobs.back().cost_seconds = at[3] == "full" ? 4 : 2;
  Record& record = results.record_of(job);
  record.cost = {2 + rng.uniform() + (all ? 6 : 0), 2.1, all ? 400 : 60, 40'000, 0.04, 510'000'000};
  if (rng.uniform() < 0.015) {
    record.status = RunStatus::failed;
    record.reason =
        "the loss was NaN at step 12 (learning rate 0.3); <b>not</b> a tag & \"quoted\"";
    return;
  }
  fill(record, rng, mean, difficulty);
}

ClaimSide side(AxisLabels labels) { return {{std::move(labels)}, "", false}; }

// Shares of the three verdicts, and one that asks for cells that are not there.
void add_claims(Results& results) {
  const AxisLabels full{{"tuning", {"full"}}};
  const auto on = [&](AxisLabels labels) {
    labels.insert(full.begin(), full.end());
    return labels;
  };
  const auto add = [&](const std::string& name, ClaimPair pair,
                       const std::string& reduce = "gain") {
    results.plan.claims.push_back({name, "made up", {"rouge_l"}, reduce, 0, {std::move(pair)}});
  };
  add("pre-training helps",
      {side({{"objective", {"prefix_lm"}}}), side({{"objective", {"none"}}}), full, {}});
  add("the same, as a share",
      {side({{"objective", {"prefix_lm"}}}), side({{"objective", {"none"}}}), full, {}},
      "relative");
  add("it helps most with little data", {side({{"objective", {"prefix_lm"}}}),
                                         side({{"objective", {"none"}}}),
                                         on({{"train_size", {"examples64"}}}),
                                         {{"train_size", {"all"}}}});
  add("masked beats all others", {side({{"template", {"masked_prompting"}}}),
                                  {{}, "", true},
                                  on({{"task", {"wordnet/antonym", "wordnet/hypernym"}}}),
                                  {}});
  add("random start is best",
      {side({{"objective", {"none"}}}), side({{"objective", {"mixed"}}}), full, {}});
  add("about cells that are not there", {side({{"objective", {"none"}}}),
                                         side({{"objective", {"mixed"}}}),
                                         {{"tuning", {"soft_prompt"}}},
                                         {}});
}

// Probes that know a little of the truth.
void add_probes(Results& results, uint64_t seed) {
  Rng rng(derive_seed(seed, "probes"));
  for (size_t t = 0; t < kTasks.size(); ++t) {
    results.plan.task_facts[kTasks[t]] = {
        {"kind", "lexical"}, {"relation", t % 2 ? "xNeed" : "xAttr"}, {"flex_fills", t % 2 == 0}};
    for (size_t o = 0; o < kObjectives.size(); ++o) {
      for (size_t f = 0; f < kTemplates.size(); ++f) {
        const Cell cell =
            results.add_planned({kObjectives[o], kTasks[t], kTemplates[f], "", "", ""});
        results.plan.cells.pop_back();
        results.plan.probes.push_back(cell);
        Record& record = results.record_of(cell.job);
        const double mean = true_mean(o, t, f, "full", false);
        for (int i = 0; i < 30; ++i) {
          record.per_example["probe_loss"].push_back(
              static_cast<float>(6 - 4 * mean + rng.uniform()));
          record.per_example["probe_depth_rank"].push_back(
              static_cast<float>(1 + (f % 2 && t < 3 ? 40 : 100) * rng.uniform()));
          record.per_example["race_score"].push_back(
              static_cast<float>(mean + 0.2 * rng.uniform()));
        }
        record.per_example["task_embedding"] = {static_cast<float>(t % 3),
                                                static_cast<float>(t / 3), 1};
      }
    }
  }
}

}  // namespace

Results random_results(uint64_t seed, double finished_share, int64_t num_items) {
  Results results("quickstart-made-up");
  results.plan.sweep_text =
      "# made up for looking at the report; nothing in it was measured\nname = "
      "\"quickstart-made-up\"\n";
  results.plan.axis_labels["objective"] = kObjectives;
  Rng rng(seed);
  const int64_t vocabulary = results.add_upstream(JobKind::tokenizer, "vocabulary", 6.2);
  std::vector<int64_t> pretraining{vocabulary};
  for (size_t o = 1; o < kObjectives.size(); ++o) {
    pretraining.push_back(add_pretraining(results, kObjectives[o], vocabulary, rng));
  }
  for (size_t t = 0; t < kTasks.size(); ++t) {
    std::vector<double> difficulty(static_cast<size_t>(num_items));
    for (double& hard : difficulty) hard = rng.uniform();
    const std::string kind = t == 0 || t > 3 ? "reading" : "lexical";
    add_baselines(results, t, kind, difficulty, rng);
    for (size_t o = 0; o < kObjectives.size(); ++o) {
      for (size_t f = 0; f < kTemplates.size(); ++f) {
        for (const std::string tuning : {"full", "soft_prompt"}) {
          if (tuning == "soft_prompt" && (o == 0 || f % 2 == 1)) continue;
          for (const std::string size : {"examples64", "all"}) {
            for (const std::string cell_seed : {"1", "2"}) {
              add_cell(results, {kObjectives[o], kTasks[t], kTemplates[f], tuning, size, cell_seed},
                       kind, pretraining[o], finished_share,
                       true_mean(o, t, f, tuning, size == "all"), difficulty, rng);
            }
          }
        }
      }
    }
  }
  add_claims(results);
  add_probes(results, seed);
  return results;
}

}  // namespace dovetail::made_up
