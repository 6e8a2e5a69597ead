// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/analysis.h"

// The parts of the report's page, as HTML; the page itself is analysis/report/page.html.
namespace dovetail {

std::string run_facts_html(const Analysis& analysis);  // a definition list
std::string list_html(const std::vector<std::string>& texts, const std::string& css_class);
std::string recommendations_html(const Analysis& analysis);  // the table
std::string explanations_html(const Analysis& analysis);     // every decision in words
std::string heat_maps_html(const Analysis& analysis);        // objective x template, by task
// A place for every chart, and the same numbers as tables, folded away while there are charts.
std::string learning_curves_html(const Analysis& analysis, bool with_charts);
// Claims of the sweep file: the table, a forest plot each, and what each task says.
std::string claims_html(const Analysis& analysis, bool with_charts);
// How far each selector falls short of the best cells.
std::string selectors_html(const Analysis& analysis, bool with_charts);
// A place for a forest plot of so many rows; the script finds its numbers by the name.
std::string forest_html(const std::string& name, const std::string& title, size_t rows);
std::string costs_html(const Analysis& analysis);
std::string failures_html(const Analysis& analysis);
std::string cells_html(const Analysis& analysis);  // one row a cell, the first ones

// Options of the page's selectors.
std::string metric_options_html(const Analysis& analysis);
std::string template_options_html(const Analysis& analysis);

// What the page's script draws: learning curves, training curves and forest plots.
Json chart_data(const Analysis& analysis);
// Forest plots by name: { rows: [{ label, mean, low, high, pooled }], line, unit }.
Json claim_forests(const Analysis& analysis);
Json selector_forests(const Analysis& analysis);

// The template that most cell groups have results for: the one the learning curves show first.
std::string best_covered_template(const Analysis& analysis);

}  // namespace dovetail
