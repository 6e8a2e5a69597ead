// SPDX-License-Identifier: Apache-2.0
#include "app/bench/made_up_results.h"

#include <fmt/format.h>

#include <array>

#include "base/folder.h"
#include "base/hash.h"
#include "base/random.h"
#include "jobs/provenance.h"
#include "store/journal.h"
#include "store/plan_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// The labels of an axis in the order in which cells count through them, the seed last.
struct MadeUpAxis {
  AxisIndex axis;
  const char* prefix;
  int64_t size;
};
constexpr std::array<MadeUpAxis, 5> kMadeUpAxes = {{{kTrainSize, "examples", 5},
                                                    {kTuning, "tuning", 2},
                                                    {kTemplate, "template", 4},
                                                    {kTask, "task", 10},
                                                    {kObjective, "objective", 5}}};

std::string label_at(const MadeUpAxis& axis, int64_t place) {
  return axis.axis == kTrainSize ? fmt::format("examples{}", int64_t{16} << (2 * place))
                                 : fmt::format("{}{}", axis.prefix, place);
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
  job.tmpl = {cell.coordinates[kTemplate],
              {{"add_prefix", true}, {"verbalizer", ""}, {"num_prompts", 1}},
              content_hash(cell.coordinates[kTemplate])};
  job.tuning.name = cell.coordinates[kTuning];
  job.seed = seed;
  job.tune.optimizer.parameters = {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}};
  job.evaluate.metrics = {"rouge_l", "exact_match"};
  return job;
}

Cell cell_at(int64_t index) {
  Cell cell;
  for (const MadeUpAxis& axis : kMadeUpAxes) {
    cell.coordinates[axis.axis] = label_at(axis, index % axis.size);
    index /= axis.size;
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
  for (const MadeUpAxis& axis : kMadeUpAxes) {
    for (int64_t place = 0; place < axis.size; ++place)
      plan.axis_labels[kAxes[axis.axis]].push_back(label_at(axis, place));
  }
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
  plan.claims = {made_up_claim("objective1", "objective0"),
                 made_up_claim("objective2", "objective1")};
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
