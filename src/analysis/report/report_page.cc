// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/claim_view.h"
#include "analysis/report/cost_view.h"
#include "analysis/report/curve_view.h"
#include "analysis/report/decision_json.h"
#include "analysis/report/decision_view.h"
#include "analysis/report/embedded.h"
#include "analysis/report/heat_map_view.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/run_view.h"
#include "analysis/report/selector_view.h"
#include "analysis/report/strata_view.h"

namespace dovetail {

namespace {

std::string chart_library_html() {
  if (embedded::chart_js().empty()) return "";
  return "<script>\n" + std::string(embedded::chart_js()) + "\n</script>";
}

std::string data_text(const ReportModel& model) {
  return json_for_script(decision_json(model).dump(-1, ' ', false, Json::error_handler_t::replace));
}

// Without probes only selectors that need none choose, which is nothing to compare.
bool choose_somewhere(const ReportModel& model) {
  return std::ranges::any_of(model.selectors, [](const SelectorResult& result) {
    return result.summary && !result.selector->baseline;
  });
}

}  // namespace

std::string report_page(const ReportModel& model) {
  const bool with_charts = !embedded::chart_js().empty();
  const DecisionOptions& options = model.options;
  const std::string conventional =
      options.conventional_template + ", " + options.conventional_tuning;
  return fill_template(
      embedded::page_html(),
      {{"name", html_escape(model.sweep_name)},
       {"run_line", html_escape(run_line(model))},
       {"style", std::string(embedded::page_css())},
       {"facts", run_facts_html(model)},
       {"methods", methods_html(model)},
       {"lessons", list_html(model.lessons, "lessons")},
       {"caveats", list_html(model.caveats, "caveats")},
       {"recommendations", recommendations_html(model)},
       {"explanations", explanations_html(model)},
       {"metric_options", metric_options_html(model)},
       {"heat_maps", heat_maps_html(model)},
       {"template_options", template_options_html(model)},
       {"learning_curves", learning_curves_html(model, with_charts)},
       {"without_strata", model.strata.empty() ? " hidden" : ""},
       {"strata", strata_html(model)},
       {"without_claims", model.claims.empty() ? " hidden" : ""},
       {"without_selectors", choose_somewhere(model) ? "" : " hidden"},
       {"claims", claims_html(model, with_charts)},
       {"selectors", choose_somewhere(model) ? selectors_html(model, with_charts) : ""},
       {"costs", costs_html(model)},
       {"cells", cells_html(model)},
       {"failures", failures_html(model)},
       {"margin", fmt::format("{}", options.equivalence_margin)},
       {"splits", fmt::format("{}", options.cross_fit.splits)},
       {"conventional", html_escape(conventional)},
       {"sweep_text", html_escape(model.sweep_text)},
       {"data", data_text(model)},
       {"cell_rows", json_for_script(cell_rows_json(model))},
       {"chart_library", chart_library_html()},
       {"forest_script", std::string(embedded::forest_js())},
       {"cells_script", std::string(embedded::cells_js())},
       {"script", std::string(embedded::page_js())}});
}

}  // namespace dovetail
