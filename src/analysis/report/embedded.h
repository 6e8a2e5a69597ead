// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// Files that embed.cmake puts into the binary. A copied binary still writes a whole report, and
// always with the page template of its own version.
namespace dovetail::embedded {

std::string_view page_html();  // page/page.html
std::string_view page_css();
std::string_view page_js();
std::string_view forest_js();
std::string_view cells_js();
std::string_view chart_js();  // Debian's libjs-chart.js; empty if the build did not find it

}  // namespace dovetail::embedded
