// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

// A table of the page. The views fill it from the report's model; table_html is the one place that
// knows how a table looks in HTML, so the page is whole for readers without scripts.
namespace dovetail {

// name: may break after a slash, dot or underscore. note: small, below the other lines. The rest
// are roles of a line that page.css styles.
enum class LineRole { plain, name, score, gain, verdict, choice, note };

struct CellLine {
  std::string text;
  LineRole role = LineRole::plain;
};

struct TableCell {
  std::vector<CellLine> lines;
  std::string css_class;        // better, worse, tie, absent ...; "" for none
  std::string title;            // shown on hover; "" for none
  std::optional<double> shade;  // of a heat map, 0 to 1
};

// Lines with empty text are dropped.
TableCell table_cell(std::vector<CellLine> lines, std::string css_class = "");
TableCell text_cell(std::string text, std::string css_class = "");

struct PageTable {
  std::string css_class, caption;    // "" for none
  std::vector<std::string> columns;  // the first stands over the rows' heads
  // The first cell of a row is its head. The last cell of a short row spans the columns left.
  std::vector<std::vector<TableCell>> rows;
};

std::string table_html(const PageTable& table);
// The same, in a box that scrolls sideways on a narrow screen.
std::string wide_table_html(const PageTable& table);

}  // namespace dovetail
