// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/advise.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/advise_unseen.h"
#include "app/commands.h"
#include "app/front/existing_results.h"
#include "base/error.h"
#include "store/journal.h"

namespace dovetail {

namespace {

struct AdviseOptions {
  std::string folder;
  std::string task;
  std::string size;
  std::string store;  // "": DIR/artefacts
  UnseenTask unseen;
};

int advise_on_examples(const AdviseOptions& options) {
  const std::filesystem::path folder(options.folder);
  const std::filesystem::path store =
      options.store.empty() ? folder / "artefacts" : std::filesystem::path(options.store);
  fmt::print("{}", advise_unseen(folder, store, options.unseen, options.size));
  return kSuccess;
}

int advise(const AdviseOptions& options) {
  if (options.task.empty() == options.unseen.examples.empty()) {
    throw_<ConfigError>(
        "advise: give either --task (a task of the sweep) or --examples (a file of a task that was "
        "not swept)");
  }
  if (!options.unseen.examples.empty()) return advise_on_examples(options);
  const Plan plan = plan_of_results(options.folder);
  const auto records = read_journal(options.folder);
  const std::string advice = advise(analyse(plan, records), options.task, options.size);
  fmt::print("{}{}", advice, advice.ends_with('\n') ? "" : "\n");
  return kSuccess;
}

}  // namespace

void add_advise(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<AdviseOptions>();
  CLI::App* command =
      app.add_subcommand("advise", "One recommendation for one task, with its evidence");
  command->add_option("DIR", options->folder, "Results folder")->required();
  command->add_option("--task", options->task,
                      "A task of the sweep: its label, or its name or card as in the sweep file");
  command->add_option("--examples", options->unseen.examples,
                      "A task that was not swept: JSON lines of {\"source\": TEXT, \"target\": "
                      "TEXT}, or a data set card");
  command->add_option("--prefix", options->unseen.prefix, "Prefix of the sources of JSON lines");
  command->add_option("--phrase", options->unseen.phrase,
                      "Phrase of the template prompting, such as \"{source} is used for\"");
  command->add_option("--count", options->unseen.count, "Number of examples to probe")
      ->check(CLI::PositiveNumber);
  command->add_option("--store", options->store,
                      "The store of the sweep's models (default: DIR/artefacts)");
  command->add_option("--size", options->size,
                      "A training size of the sweep (examples16), or a number of examples");
  command->footer("Example: dovetail advise results/quickstart --task wordnet/antonym --size 30");
  command->callback([options, &chosen] { chosen = [options] { return advise(*options); }; });
}

}  // namespace dovetail
