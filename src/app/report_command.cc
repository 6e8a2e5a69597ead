// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/front/existing_results.h"
#include "app/recommendations.h"
#include "base/error.h"
#include "store/journal.h"

namespace dovetail {

namespace {

int report(const std::string& folder) {
  const Plan plan = plan_of_results(folder);  // first: it says what is no results folder
  report_results(folder, plan, read_journal(folder));
  return kSuccess;
}

}  // namespace

void add_report(CLI::App& app, Action& chosen) {
  const auto folder = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "report", "Turn results into recommendations: DIR/report/index.html, decision.json, tables/");
  command->add_option("DIR", *folder, "Results folder, also of an unfinished run")->required();
  command->footer("Example: dovetail report results/quickstart");
  command->callback([folder, &chosen] { chosen = [folder] { return report(*folder); }; });
}

}  // namespace dovetail
