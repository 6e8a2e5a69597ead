// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/page_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/html.h"
#include "base/error.h"

namespace dovetail {

namespace {

std::string breakable_html(const std::string& name) {
  std::string html, part;
  for (const char c : name) {
    part += c;
    if (c != '/' && c != '.' && c != '_') continue;
    html += html_escape(part) + "<wbr>";
    part.clear();
  }
  return html + html_escape(part);
}

const char* class_of(LineRole role) {
  switch (role) {
    case LineRole::score: return "score";
    case LineRole::gain: return "gain";
    case LineRole::verdict: return "verdict";
    case LineRole::choice: return "choice";
    case LineRole::plain:
    case LineRole::name:
    case LineRole::note: return "";
  }
  return "";
}

std::string line_html(const CellLine& line) {
  if (line.role == LineRole::note) return text_element("small", line.text);
  if (line.role == LineRole::name) return element("span", breakable_html(line.text));
  const std::string css_class = class_of(line.role);
  return text_element("span", line.text,
                      css_class.empty() ? Attributes{} : Attributes{{"class", css_class}});
}

std::string content_html(const TableCell& cell) {
  if (cell.lines.size() == 1 && cell.lines[0].role == LineRole::plain)
    return html_escape(cell.lines[0].text);
  std::string html;
  for (const CellLine& line : cell.lines) html += line_html(line);
  return html;
}

// The text of a dark cell is light: "middle" and "strong" are the steps that page.css knows.
std::string shade_class(double shade) {
  return shade > 0.68 ? "heat strong" : shade > 0.5 ? "heat middle" : "heat";
}

Attributes attributes_of(const TableCell& cell) {
  std::string css_class = cell.shade ? shade_class(*cell.shade) : "";
  if (!cell.css_class.empty()) css_class += (css_class.empty() ? "" : " ") + cell.css_class;
  Attributes attributes;
  if (!css_class.empty()) attributes.emplace_back("class", css_class);
  if (cell.shade) {
    const double percent = 100 * std::clamp(*cell.shade, 0.0, 1.0);
    attributes.emplace_back("style", fmt::format("--v:{:.0f}%", percent));
  }
  if (!cell.title.empty()) attributes.emplace_back("title", cell.title);
  return attributes;
}

std::string row_html(const std::vector<TableCell>& cells, size_t num_columns) {
  DOVETAIL_CHECK(!cells.empty() && cells.size() <= num_columns);
  std::string html;
  for (size_t i = 0; i < cells.size(); ++i) {
    Attributes attributes = attributes_of(cells[i]);
    if (i == 0) attributes.emplace_back("scope", "row");
    const size_t span = i + 1 == cells.size() ? num_columns - i : 1;
    if (span > 1) attributes.emplace_back("colspan", fmt::format("{}", span));
    html += element(i == 0 ? "th" : "td", content_html(cells[i]), attributes);
  }
  return element("tr", html);
}

}  // namespace

TableCell table_cell(std::vector<CellLine> lines, std::string css_class) {
  std::erase_if(lines, [](const CellLine& line) { return line.text.empty(); });
  return {.lines = std::move(lines), .css_class = std::move(css_class)};
}

TableCell text_cell(std::string text, std::string css_class) {
  return {.lines = {{std::move(text)}}, .css_class = std::move(css_class)};
}

std::string table_html(const PageTable& table) {
  std::string heads, rows;
  for (const std::string& column : table.columns)
    heads += text_element("th", column, {{"scope", "col"}});
  for (const auto& row : table.rows) rows += row_html(row, table.columns.size());
  const std::string caption = table.caption.empty() ? "" : text_element("caption", table.caption);
  return element("table", caption + element("thead", element("tr", heads)) + element("tbody", rows),
                 table.css_class.empty() ? Attributes{} : Attributes{{"class", table.css_class}});
}

std::string wide_table_html(const PageTable& table) {
  return element("div", table_html(table), {{"class", "wide"}});
}

}  // namespace dovetail
