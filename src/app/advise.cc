// SPDX-License-Identifier: Apache-2.0
#include "analysis/advise.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/results_folder.h"
#include "base/error.h"
#include "store/journal.h"

namespace dovetail {

namespace {

struct AdviseOptions {
  std::string folder;
  std::string task;
  std::string size;
};

int advise(const AdviseOptions& options) {
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
  command->add_option("--task", options->task, "A task of the sweep")->required();
  command->add_option("--size", options->size,
                      "A training size of the sweep (heads16), or a number of examples");
  command->footer("Example: dovetail advise results/quickstart --task wordnet/antonym --size 30");
  command->callback([options, &chosen] { chosen = [options] { return advise(*options); }; });
}

}  // namespace dovetail
