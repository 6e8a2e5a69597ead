// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// Files put into the binary when it is built (embed.cmake), so that a copied binary still writes a
// whole report, and never one with the template of another version.
namespace dovetail::embedded {

std::string_view page_html();  // analysis/report/page.html
std::string_view page_css();
std::string_view page_js();
std::string_view chart_js();  // Debian's libjs-chart.js; empty where it was not there to build with

}  // namespace dovetail::embedded
