// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/report/decision_json.h"
#include "analysis/report/embedded.h"
#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/tables.h"
#include "analysis/report/words.h"
#include "base/error.h"
#include "base/file.h"

namespace dovetail {

namespace {

std::string subtitle(const Analysis& analysis) {
  const RunFacts& facts = analysis.facts;
  std::string line =
      facts.cells_finished == facts.cells
          ? fmt::format("{} cells, all finished", facts.cells)
          : fmt::format("{} of {} cells finished", facts.cells_finished, facts.cells);
  if (facts.cells_failed > 0) line += fmt::format(", {} failed", facts.cells_failed);
  if (facts.cells_missing > 0) line += fmt::format(", {} still to come", facts.cells_missing);
  line += fmt::format(" · seeds {}", fmt::join(analysis.labels("seed"), ", "));
  for (const auto& [key, words] :
       {std::pair("commit", "commit {}"), std::pair("threads", "threads a rank: {}"),
        std::pair("device", "on {}")}) {
    const auto found = facts.provenance.find(key);
    if (found == facts.provenance.end()) continue;
    line += " · " + fmt::format(fmt::runtime(words), fmt::join(found->second, ", "));
  }
  return line + " · " + seconds_text(facts.job_seconds) + " of work";
}

std::string script_element(std::string_view code) {
  return "<script>\n" + std::string(code) + "\n</script>";
}

}  // namespace

std::string report_page(const Analysis& analysis) {
  const bool with_charts = !embedded::chart_js().empty();
  const DecisionOptions& options = analysis.options;
  const std::string data =
      chart_data(analysis).dump(-1, ' ', false, Json::error_handler_t::replace);
  return fill_template(embedded::page_html(),
                       {{"name", html_escape(analysis.plan->sweep_name)},
                        {"subtitle", html_escape(subtitle(analysis))},
                        {"style", std::string(embedded::page_css())},
                        {"facts", run_facts_html(analysis)},
                        {"lessons", list_html(lessons(analysis), "lessons")},
                        {"caveats", list_html(caveats(analysis), "caveats")},
                        {"recommendations", recommendations_html(analysis)},
                        {"explanations", explanations_html(analysis)},
                        {"metric_options", metric_options_html(analysis)},
                        {"heat_maps", heat_maps_html(analysis)},
                        {"template_options", template_options_html(analysis)},
                        {"learning_curves", learning_curves_html(analysis, with_charts)},
                        {"claims", claims_html(analysis, with_charts)},
                        {"selectors", selectors_html(analysis, with_charts)},
                        {"costs", costs_html(analysis)},
                        {"cells", cells_html(analysis)},
                        {"failures", failures_html(analysis)},
                        {"resamples", fmt::format("{}", options.bootstrap.resamples)},
                        {"splits", fmt::format("{}", options.cross_fit.splits)},
                        {"conventional", html_escape(options.conventional_template + ", " +
                                                     options.conventional_tuning)},
                        {"sweep_text", html_escape(analysis.plan->sweep_text)},
                        {"data", json_for_script(data)},
                        {"chart_library", with_charts ? script_element(embedded::chart_js()) : ""},
                        {"script", std::string(embedded::page_js())}});
}

std::filesystem::path write_report(const std::filesystem::path& folder, const Plan& plan,
                                   const std::map<std::string, Record>& records,
                                   const DecisionOptions& options) {
  const Analysis analysis = analyse(plan, records, options);
  const std::filesystem::path report = folder / "report";
  std::error_code error;
  std::filesystem::create_directories(report / "tables", error);
  if (error)
    throw_<SystemError>("cannot make the folder {}: {}", (report / "tables").string(),
                        error.message());
  for (const auto& [name, text] : report_tables(analysis))
    write_file_atomically(report / "tables" / name, text);
  write_file_atomically(
      report / "decision.json",
      decision_json(analysis).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  write_file_atomically(report / "index.html", report_page(analysis));
  return report / "index.html";
}

}  // namespace dovetail
