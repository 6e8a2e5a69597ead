// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/analysis.h"

// The parts of the report's page, as HTML; the page itself is analysis/report/page.html.
namespace dovetail {

std::string run_facts_html(const Analysis& analysis);         // a definition list
std::string list_html(const std::vector<std::string>& texts, const std::string& css_class);
std::string recommendations_html(const Analysis& analysis);   // the table
std::string explanations_html(const Analysis& analysis);      // every decision in words
std::string heat_maps_html(const Analysis& analysis);         // objective x template, by task
// A place for every chart, and the same numbers as tables, folded away while there are charts.
std::string learning_curves_html(const Analysis& analysis, bool with_charts);
std::string costs_html(const Analysis& analysis);
std::string failures_html(const Analysis& analysis);
std::string cells_html(const Analysis& analysis);             // one row a cell, the first ones

// Options of the page's selectors.
std::string metric_options_html(const Analysis& analysis);
std::string template_options_html(const Analysis& analysis);

// What the page's script draws: learning curves and training curves.
Json chart_data(const Analysis& analysis);

// The template that most cell groups have results for: the one the learning curves show first.
std::string best_covered_template(const Analysis& analysis);

}  // namespace dovetail
