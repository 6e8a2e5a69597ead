// SPDX-License-Identifier: Apache-2.0
#include "app/exported_adapter.h"

#include "base/error.h"
#include "base/file.h"
#include "jobs/backbone.h"
#include "model/checkpoints/checkpoint.h"
#include "tuning/adapter_config.h"
#include "tuning/adapter_folder.h"
#include "tuning/merge.h"
#include "tuning/prompt_adapter.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// Where PEFT would put a soft prompt of ours, and where it belongs.
std::vector<std::string> notes_of_prompt(const fs::path& folder, const AdapterConfig& config) {
  const auto width = config.value("token_dim"), task = config.value("task_type");
  const PromptAdapter prompt =
      read_placed_prompt(folder, config, width.is_number_integer() ? width.get<int64_t>() : 0,
                         task.is_string() ? task.get<std::string>() : "");
  if (config.peft_type == kOwnPromptType) {
    return {fmt::format(
        "its {} soft tokens do not stand in front of the source, where alone PEFT can put them: "
        "use it with dovetail score or generate --adapter, which read {}",
        prompt.size(), kSoftTokensFile)};
  }
  const std::string& text = prompt.source.front().text;
  if (text.empty()) return {};
  return {fmt::format(
      "for PEFT, \"{}\" is the start of the prompt: leave it out of the sources there (not in "
      "dovetail)",
      text)};
}

Backbone base_of(const Job& job, Artefacts& artefacts) {
  const TuneJob& cell = settings_of<TuneJob>(job);
  return load_backbone(job, cell.start, cell.seed_of(&SeedParts::initialization),
                       /*keeps_weights=*/false, artefacts);
}

void write_model(const Backbone& model, const fs::path& folder) {
  save_checkpoint(folder, model.model.config(), model.model.weights());
  model.vocabulary->save(folder);
}

}  // namespace

std::vector<std::string> finish_adapter(const Job& job, const fs::path& store, bool with_base,
                                        const fs::path& to, const fs::path& folder) {
  AdapterConfig config = read_adapter_config(folder);
  std::vector<std::string> notes;
  if (config.is_prompt()) notes = notes_of_prompt(folder, config);
  Artefacts artefacts(store);
  fs::path base = base_folder(job, settings_of<TuneJob>(job).start, artefacts);
  if (with_base) {
    write_model(base_of(job, artefacts), folder / kBaseFolder);
    base = to / kBaseFolder;
  }
  if (base.empty()) {
    notes.push_back("its base are random weights, which --with-base writes");
    return notes;
  }
  const std::string place = fs::absolute(base).lexically_normal().string();
  config.json["base_model_name_or_path"] = place;
  write_file_atomically(folder / "adapter_config.json", config.json.dump(2) + "\n");
  notes.push_back("its base: " + place);
  return notes;
}

void write_merged(const Job& job, const fs::path& store, const fs::path& adapter,
                  const fs::path& folder) {
  Artefacts artefacts(store);
  Backbone base = base_of(job, artefacts);
  const PromptAdapter prompt = load_adapter(adapter, base.model);
  if (prompt.table_KD.defined()) {
    throw ConfigError(
        "--merge: expected an adapter that acts on the weights (lora, dora, vera, ia3, norms), "
        "found soft "
        "tokens, which no weight of a T5 can hold; export it with --with-base");
  }
  merge_into_weights(base.model);
  write_model(base, folder);
}

}  // namespace dovetail
