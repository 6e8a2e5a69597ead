// SPDX-License-Identifier: Apache-2.0
#include "app/recommendations.h"

#include <fmt/format.h>

#include "analysis/decisions/claim_registration.h"
#include "analysis/report/caveats.h"
#include "analysis/report/lessons.h"
#include "analysis/report/recommendation_rows.h"
#include "analysis/report/report.h"
#include "app/front/last_run.h"
#include "app/front/text_output.h"
#include "app/test_examples.h"
#include "store/journal.h"

namespace dovetail {

namespace {

void print_recommendations(const Analysis& analysis) {
  fmt::print("Recommendations, by task and training size:\n");
  print_columns(recommendation_rows(analysis));
  fmt::print("\n");
  for (const std::string& lesson : lessons(analysis)) fmt::print("- {}\n", lesson);
  for (const std::string& caveat : caveats(analysis)) fmt::print("- {}\n", caveat);
}

}  // namespace

void report_results(const std::filesystem::path& folder, const Plan& plan,
                    const std::map<std::string, Record>& records) {
  Analysis analysis = analyse(plan, records);
  note_registrations(analysis.claims, read_registrations(folder));
  analysis.facts.command = command_to_go_on(folder);
  const SweepTestExamples examples = read_test_examples(folder, plan);
  save_test_examples(folder, plan, examples.known);
  const std::filesystem::path page = write_report(folder, analysis, examples.known);
  print_recommendations(analysis);
  fmt::print("\nThe report is {}; open it in a browser.\n", page.string());
}

}  // namespace dovetail
