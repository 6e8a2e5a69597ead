// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/report/html.h"

// The parts of the page other than tables. Texts are escaped; `content` is HTML already.
namespace dovetail {

std::string paragraph_html(const std::string& text, const std::string& css_class = "");
std::string absent_html(const std::string& text);  // a paragraph in place of missing results
// "" for no texts.
std::string list_html(const std::vector<std::string>& texts, const std::string& css_class);
// A definition list; pairs with an empty value are left out.
std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts);
// Folded away until its summary is clicked; needs no script.
std::string folded_html(const std::string& summary, const std::string& content);
// An option of a <select>.
std::string option_html(const std::string& value, const std::string& text, bool selected = false);
std::string figures_html(const std::string& figures);  // "" for no figures

// A place for a chart, which page.js draws from the page's data.
struct ChartPlace {
  std::string kind;     // curve or forest
  std::string caption;  // above the chart
  std::string label;    // in place of the chart, for a screen reader
  Attributes data;      // data-* attributes that name the numbers
  size_t rows = 0;      // of a forest plot: sets its height
};
std::string chart_html(const ChartPlace& chart);

}  // namespace dovetail
