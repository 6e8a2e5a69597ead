// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/report/caveats.h"
#include "analysis/report/decision_words.h"
#include "analysis/report/lessons.h"
#include "analysis/report/number_text.h"
#include "app/commands.h"
#include "app/results_folder.h"
#include "app/text_output.h"
#include "base/error.h"
#include "store/journal.h"

namespace dovetail {

namespace {

std::vector<std::string> recommendation_row(const Decision& decision) {
  const Comparison* start = find_comparison(decision, "random_start");
  const bool comparable = start != nullptr && start->absent.empty() && !start->same;
  return {
      decision.task,
      decision.train_size,
      decision.recommended.text,
      fmt::format("{} {}", metric_text(decision.metric), score_text(decision.honest_score.mean)),
      verdict_text(decision.verdict),
      comparable ? "over random start: " + gain_text(*start) : ""};
}

int report(const std::string& folder) {
  const Plan plan = plan_of_results(folder);
  const auto records = read_journal(folder);
  const std::filesystem::path page = write_report(folder, plan, records);
  const Analysis analysis = analyse(plan, records);

  std::vector<std::vector<std::string>> rows;
  for (const Decision& decision : analysis.decisions) rows.push_back(recommendation_row(decision));
  fmt::print("Recommendations, by task and training size:\n");
  print_columns(rows);
  fmt::print("\n");
  for (const std::string& lesson : lessons(analysis)) fmt::print("- {}\n", lesson);
  for (const std::string& caveat : caveats(analysis)) fmt::print("- {}\n", caveat);
  fmt::print("\nThe report is {}; open it in a browser.\n", page.string());
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
