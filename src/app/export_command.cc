// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <memory>

#include "app/cell_choice.h"
#include "app/commands.h"
#include "app/exported_adapter.h"
#include "app/front/existing_results.h"
#include "app/table_export.h"
#include "base/checksum.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/folder_configs.h"
#include "store/journal.h"
#include "tuning/adapter_config.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct ExportOptions {
  std::string results, cell, to;
  std::string store;  // "": RESULTS/artefacts
  bool with_base = false, merge = false, table = false;
};

// What can be exported: a cell, or a pre-training or adaptation that cells start from.
struct Exported {
  std::string name;
  const Job* job;
};

std::vector<Exported> exportable(const Plan& plan) {
  std::vector<Exported> all;
  for (const Cell& cell : plan.cells) all.push_back({cell.name, &plan.jobs[cell.job]});
  for (const Job& job : plan.jobs) {
    if (job.kind == JobKind::pretrain || job.kind == JobKind::adapt)
      all.push_back({job.name, &job});
  }
  return all;
}

Exported find_exported(const Plan& plan, const std::string& glob) {
  const std::vector<Exported> all = exportable(plan);
  std::vector<std::string> names;
  for (const Exported& one : all) names.push_back(one.name);
  return all[matching_name(names, glob)];
}

void check_finished(const ExportOptions& options, const Exported& one) {
  const auto records = read_journal(options.results);
  const auto record = records.find(one.job->key);
  if (record != records.end() && record->second.status == RunStatus::finished) return;
  throw_<ConfigError>("{}: this cell has not finished; dovetail status {} shows its state",
                      one.name, options.results);
}

fs::path kept_folder(const Exported& one, const fs::path& store) {
  const JobKind kind = one.job->kind;
  if (kind == JobKind::baseline)
    throw_<ConfigError>("{}: a baseline keeps no model; name a cell that was tuned", one.name);
  const fs::path artefact = store / one.job->key;
  const fs::path folder = kind == JobKind::tune ? artefact / "model" : artefact;
  if (fs::exists(folder)) return folder;
  if (kind == JobKind::tune) {
    throw_<ConfigError>(
        "{}: its model was not kept; set keep_model = true in [tune] of the sweep and run it again "
        "(or name the store of that run with --store)",
        one.name);
  }
  throw_<ConfigError>("{}: found no {}; name the store of that run with --store", one.name,
                      folder.string());
}

void note_scaling(const fs::path& folder) {
  if (!fs::exists(folder / "config.json")) return;  // an adapter
  const T5Config config = read_folder_configs(folder).config;
  if (!scaled_unlike_transformers(config)) return;
  log_warning(
      "{}: a {} whose head is {}. Its logits are{} multiplied by d_model^-0.5 here, as in the "
      "original; transformers 5.23 does {}, so probabilities differ there (docs/models.md)",
      folder.string(), config.model_type,
      config.tie_word_embeddings ? "the embedding" : "not the embedding",
      config.scale_decoder_outputs ? "" : " not",
      config.scale_decoder_outputs ? "not multiply them" : "multiply them");
}

void check_choices(const ExportOptions& options, const Exported& one, bool adapter) {
  if (options.with_base && options.merge)
    throw ConfigError("--merge writes a whole model, which needs no base; leave out --with-base");
  for (const auto& [flag, given] :
       {std::pair("--with-base", options.with_base), std::pair("--merge", options.merge)})
    if (given && !adapter)
      throw_<ConfigError>("{}: {} is a whole model already; leave the flag out", flag, one.name);
}

int export_cells(const ExportOptions& options) {
  if (fs::exists(options.to))
    throw_<ConfigError>("--to {}: already exists; name a new file", options.to);
  export_table(options.results, options.to);
  fmt::print("{}\n", options.to);
  return kSuccess;
}

int export_model(const ExportOptions& options) {
  if (options.cell.empty())
    throw ConfigError("export needs --cell, or --table; --help explains both");
  const Plan plan = plan_of_results(options.results);
  const Exported one = find_exported(plan, options.cell);
  check_finished(options, one);
  const fs::path store =
      options.store.empty() ? fs::path(options.results) / "artefacts" : fs::path(options.store);
  const fs::path from = kept_folder(one, store), to = options.to;
  if (fs::exists(to)) throw_<ConfigError>("--to {}: already exists; name a new folder", options.to);
  const bool adapter = is_adapter(from);
  check_choices(options, one, adapter);
  std::vector<std::string> notes;
  publish_folder(to, [&](const fs::path& folder) {
    if (options.merge) return write_merged(*one.job, store, from, folder);
    fs::copy(from, folder, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    if (adapter) notes = finish_adapter(*one.job, store, options.with_base, to, folder);
    fs::remove(folder / kFolderChecksums);  // it is the store's
  });
  fmt::print("{}: {}\n", one.name, to.string());
  for (const std::string& note : notes) fmt::print("{}\n", note);
  note_scaling(options.with_base ? to / kBaseFolder : to);
  return kSuccess;
}

}  // namespace

void add_export(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand(
      "export",
      "Export a cell's model as a Hugging Face folder (full fine-tuning) or an adapter (LoRA, soft "
      "prompt); or the table of all cells");
  command->add_option("RESULTS", options->results, "Results folder")->required();
  CLI::Option* cell =
      command->add_option("--cell", options->cell,
                          "The name of a cell, or of a pre-training or adaptation "
                          "(pretrain/prefix_lm/seed1); or a glob that only it matches");
  command
      ->add_flag(
          "--table", options->table,
          "The table of cells, as in results.h5: TO ends in .csv or .parquet; or in .h5, for "
          "all of results.h5")
      ->excludes(cell);
  command->add_option("--to", options->to, "The new folder; of --table, the new file")->required();
  command->add_flag("--with-base", options->with_base,
                    "Of an adapter: also the model that it was tuned on, in TO/base");
  command->add_flag(
      "--merge", options->merge,
      "Of an adapter that acts on the weights (lora, dora, vera, ia3, norms): one whole "
      "model, with the adapter in its weights");
  command->add_option("--store", options->store,
                      "The store of the run (default: RESULTS/artefacts)");
  command->footer(
      "Example: dovetail export results/mine --cell 'mine/*/full/all/seed1' --to my-model");
  command->callback([options, &chosen] {
    chosen = [options] { return options->table ? export_cells(*options) : export_model(*options); };
  });
}

}  // namespace dovetail
