// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "app/cell_choice.h"
#include "app/commands.h"
#include "app/results_folder.h"
#include "base/checksum.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/folder_configs.h"
#include "store/journal.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct ExportOptions {
  std::string results, cell, to;
  std::string store;  // "": RESULTS/artefacts
};

fs::path kept_folder(const ExportOptions& options, const Plan& plan, const Cell& cell) {
  const Job& job = plan.jobs[cell.job];
  const auto records = read_journal(options.results);
  const auto record = records.find(job.key);
  if (record == records.end() || record->second.status != RunStatus::finished) {
    throw_<ConfigError>("{}: this cell has not finished; dovetail status {} shows its state",
                        cell.name, options.results);
  }
  const fs::path store =
      options.store.empty() ? fs::path(options.results) / "artefacts" : fs::path(options.store);
  const fs::path folder = store / job.key / "model";
  if (!fs::exists(folder)) {
    throw_<ConfigError>(
        "{}: its model was not kept; set keep_model = true in [tune] of the sweep and run it again "
        "(or name the store of that run with --store)",
        cell.name);
  }
  return folder;
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

int export_cell(const ExportOptions& options) {
  const Plan plan = plan_of_results(options.results);
  const Cell& cell = matching_cell(plan, options.cell);
  const fs::path from = kept_folder(options, plan, cell), to = options.to;
  if (fs::exists(to)) throw_<ConfigError>("--to {}: already exists; name a new folder", options.to);
  publish_folder(to, [&](const fs::path& folder) {
    fs::copy(from, folder, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    fs::remove(folder / kFolderChecksums);  // it is the store's
  });
  fmt::print("{}: {}\n", cell.name, to.string());
  note_scaling(to);
  return kSuccess;
}

}  // namespace

void add_export(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand(
      "export",
      "Export a cell's model as a Hugging Face folder (full fine-tuning) or a PEFT adapter");
  command->add_option("RESULTS", options->results, "Results folder")->required();
  command->add_option("--cell", options->cell, "A cell's name, or a glob that only it matches")
      ->required();
  command->add_option("--to", options->to, "The new folder")->required();
  command->add_option("--store", options->store,
                      "The store of the run (default: RESULTS/artefacts)");
  command->footer(
      "Example: dovetail export results/mine --cell 'mine/*/full/all/seed1' --to my-model");
  command->callback([options, &chosen] { chosen = [options] { return export_cell(*options); }; });
}

}  // namespace dovetail
