// SPDX-License-Identifier: Apache-2.0
#include "app/recommendations.h"

#include <fmt/format.h>

#include <vector>

#include "analysis/report/caveats.h"
#include "analysis/report/decision_words.h"
#include "analysis/report/lessons.h"
#include "analysis/report/number_text.h"
#include "analysis/report/report.h"
#include "app/last_run.h"
#include "app/text_output.h"

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

void print_recommendations(const Analysis& analysis) {
  std::vector<std::vector<std::string>> rows;
  for (const Decision& decision : analysis.decisions) rows.push_back(recommendation_row(decision));
  fmt::print("Recommendations, by task and training size:\n");
  print_columns(rows);
  fmt::print("\n");
  for (const std::string& lesson : lessons(analysis)) fmt::print("- {}\n", lesson);
  for (const std::string& caveat : caveats(analysis)) fmt::print("- {}\n", caveat);
}

}  // namespace

void report_results(const std::filesystem::path& folder, const Plan& plan,
                    const std::map<std::string, Record>& records) {
  Analysis analysis = analyse(plan, records);
  analysis.facts.command = command_to_go_on(folder);
  const std::filesystem::path page = write_report(folder, analysis);
  print_recommendations(analysis);
  fmt::print("\nThe report is {}; open it in a browser.\n", page.string());
}

}  // namespace dovetail
