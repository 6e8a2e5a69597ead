// SPDX-License-Identifier: Apache-2.0
#include "app/bench/made_up_results.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/folder.h"
#include "base/hash.h"
#include "base/random.h"
#include "jobs/provenance.h"
#include "store/journal.h"
#include "store/plan_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// The labels of an axis, in the order in which cells count through the axes; the seed comes last.
// Templates and tunings are of the catalogues, as the report makes texts with them.
struct MadeUpAxis {
  AxisIndex axis;
  std::vector<std::string> labels;
};

const std::vector<MadeUpAxis>& made_up_axes() {
  static const std::vector<MadeUpAxis> axes = {
      {kTrainSize, {"examples16", "examples64", "examples256", "examples1024", "examples4096"}},
      {kTuning, {"full", "lora"}},
      {kTemplate, {"mapping", "masked_mapping", "prompting", "masked_prompting"}},
      {kTask,
       {"task0", "task1", "task2", "task3", "task4", "task5", "task6", "task7", "task8", "task9"}},
      {kObjective, {"none", "span_corruption", "prefix_lm", "mixed", "suffix_denoising"}}};
  return axes;
}

int64_t add_made_up_job(Plan& plan, JobKind kind, const std::string& name, JobSettings settings,
                        std::vector<int64_t> inputs) {
  Job job;
  job.key = content_hash(name);
  job.kind = kind;
  job.name = name;
  job.settings = std::move(settings);
  job.inputs = std::move(inputs);
  for (const int64_t input : job.inputs) job.input_keys.push_back(plan.jobs.at(input).key);
  job.cost_seconds = 7.25;
  plan.jobs.push_back(std::move(job));
  return std::ssize(plan.jobs) - 1;
}

TuneJob tune_settings(const Cell& cell, uint64_t seed) {
  TuneJob job;
  job.start.objective = {cell.coordinates[kObjective], {{"noise_density", 0.15}}};
  job.start.model = {{"d_model", 128},  {"d_kv", 32},     {"d_ff", 512},
                     {"num_layers", 2}, {"num_heads", 4}, {"feed_forward_proj", "relu"}};
  job.task = {cell.coordinates[kTask], content_hash(cell.coordinates[kTask]), "phrasal"};
  job.tmpl.name = cell.coordinates[kTemplate];
  job.tmpl.wording = content_hash(cell.coordinates[kTemplate]);
  job.tuning.name = cell.coordinates[kTuning];
  job.seed = seed;
  job.tune.optimizer.parameters = {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}};
  job.evaluate.metrics = {"rouge_l", "exact_match"};
  return job;
}

Cell cell_at(int64_t index) {
  Cell cell;
  for (const auto& [axis, labels] : made_up_axes()) {
    cell.coordinates[axis] = labels[static_cast<size_t>(index) % labels.size()];
    index /= std::ssize(labels);
  }
  cell.coordinates[kSeed] = std::to_string(index + 1);
  cell.name = "made-up";
  for (const std::string& label : cell.coordinates) {
    if (!label.empty()) cell.name += "/" + label;
  }
  return cell;
}

void add_made_up_baselines(Plan& plan) {
  for (const std::string& task : plan.axis_labels.at("task")) {
    Cell copy{.name = "made-up/copy/" + task, .baseline = "copy"};
    copy.coordinates[kTask] = task;
    copy.job = add_made_up_job(plan, JobKind::baseline, copy.name, BaselineJob(), {});
    plan.cells.push_back(std::move(copy));
  }
}

Claim made_up_claim(const std::string& better, const std::string& worse) {
  ClaimPair pair;
  pair.better.alternatives = {{{"objective", {better}}}};
  pair.worse.alternatives = {{{"objective", {worse}}}};
  Claim claim;
  claim.name = better + " beats " + worse;
  claim.metrics = {"rouge_l"};
  claim.pairs = {pair};
  return claim;
}

Plan made_up_plan(int64_t num_cells) {
  Plan plan;
  plan.sweep_name = "made-up";
  plan.sweep_hash = content_hash(fmt::format("made-up {}", num_cells));
  plan.sweep_text = "# made up by `dovetail bench store`; nothing in it was measured\n";
  plan.metrics = {"rouge_l", "exact_match"};
  for (const auto& [axis, labels] : made_up_axes()) plan.axis_labels[kAxes[axis]] = labels;
  std::vector<int64_t> starts;
  const int64_t vocabulary =
      add_made_up_job(plan, JobKind::tokenizer, "vocabulary", TokenizerJob(), {});
  for (const std::string& objective : plan.axis_labels.at("objective"))
    starts.push_back(add_made_up_job(plan, JobKind::pretrain, "pretrain/" + objective,
                                     PretrainJob(), {vocabulary}));
  for (int64_t i = 0; i < num_cells; ++i) {
    Cell cell = cell_at(i);
    std::vector<std::string>& seeds = plan.axis_labels["seed"];
    if (seeds.empty() || seeds.back() != cell.coordinates[kSeed])
      seeds.push_back(cell.coordinates[kSeed]);
    const int64_t start = starts.at(static_cast<size_t>(i / 400 % 5));
    cell.job = add_made_up_job(plan, JobKind::tune, cell.name,
                               tune_settings(cell, std::stoull(cell.coordinates[kSeed])),
                               {vocabulary, start});
    plan.cells.push_back(std::move(cell));
  }
  add_made_up_baselines(plan);
  plan.claims = {made_up_claim("span_corruption", "none"),
                 made_up_claim("prefix_lm", "span_corruption")};
  return plan;
}

void add_scores(Record& record, int64_t num_examples, Rng& rng) {
  const double mean = 0.2 + 0.5 * rng.uniform();
  for (const char* metric : {"rouge_l", "exact_match", "loss"}) {
    std::vector<float>& scores = record.per_example[metric];
    double sum = 0;
    for (int64_t i = 0; i < num_examples; ++i) {
      scores.push_back(rng.uniform() < mean ? 1.0F : 0.0F);
      sum += scores.back();
    }
    record.metrics[metric] = sum / static_cast<double>(num_examples);
  }
  for (int64_t i = 0; i < num_examples; ++i)
    record.predictions.push_back(fmt::format("word {}", rng.below(1000)));
}

Record made_up_record(const Job& job, int64_t num_examples) {
  Record record;
  record.key = job.key;
  record.name = job.name;
  record.kind = job.kind;
  Rng rng(hash64(job.key));
  record.cost.wall_seconds = 5 + rng.uniform();
  record.cost.cpu_seconds = record.cost.wall_seconds;
  record.cost.train_steps = 100;
  record.provenance = provenance(1, "cpu", "float32");
  record.provenance["rank"] = rng.below(16);
  for (int64_t step = 10; step <= 100; step += 10) {
    record.curves["train_loss"].steps.push_back(step);
    record.curves["train_loss"].values.push_back(2 + rng.uniform());
  }
  if (job.kind == JobKind::tune || job.kind == JobKind::baseline)
    add_scores(record, num_examples, rng);
  return record;
}

}  // namespace

void write_made_up_results(const fs::path& folder, int64_t num_cells, int64_t num_examples) {
  constexpr size_t kTogether = 1000;  // that wait for the disk once
  const Plan plan = made_up_plan(num_cells);
  make_folders(folder);
  Journal journal(folder);
  for (size_t begin = 0; begin < plan.jobs.size(); begin += kTogether) {
    std::vector<Record> records;
    for (size_t i = begin; i < std::min(begin + kTogether, plan.jobs.size()); ++i)
      records.push_back(made_up_record(plan.jobs[i], num_examples));
    std::vector<const Record*> pointers;
    for (const Record& record : records) pointers.push_back(&record);
    journal.append(pointers);
  }
  write_plan(folder, plan);
}

}  // namespace dovetail
