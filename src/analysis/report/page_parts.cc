// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/page_parts.h"

#include <fmt/format.h>

namespace dovetail {

std::string paragraph_html(const std::string& text, const std::string& css_class) {
  return text_element("p", text,
                      css_class.empty() ? Attributes{} : Attributes{{"class", css_class}});
}

std::string absent_html(const std::string& text) { return paragraph_html(text, "absent"); }

std::string list_html(const std::vector<std::string>& texts, const std::string& css_class) {
  if (texts.empty()) return "";
  std::string items;
  for (const std::string& text : texts) items += text_element("li", text);
  return element("ul", items, {{"class", css_class}});
}

std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string items;
  for (const auto& [name, value] : facts) {
    if (!value.empty())
      items += element("div", text_element("dt", name) + text_element("dd", value));
  }
  return element("dl", items, {{"class", "facts"}});
}

std::string folded_html(const std::string& summary, const std::string& content) {
  return element("details", text_element("summary", summary) + content);
}

std::string option_html(const std::string& value, const std::string& text, bool selected) {
  Attributes attributes{{"value", value}};
  if (selected) attributes.emplace_back("selected", "selected");
  return text_element("option", text, attributes);
}

std::string figures_html(const std::string& figures) {
  return figures.empty() ? "" : element("div", figures, {{"class", "figures"}});
}

std::string chart_html(const ChartPlace& chart) {
  Attributes canvas{{"class", "canvas"}};
  if (chart.rows > 0) {
    const double height = 4.2 + 1.5 * static_cast<double>(chart.rows);
    canvas.emplace_back("style", fmt::format("height:{:.1f}rem", height));
  }
  Attributes figure{{"class", chart.kind}};
  figure.insert(figure.end(), chart.data.begin(), chart.data.end());
  const std::string drawing = element("canvas", "", {{"role", "img"}, {"aria-label", chart.label}});
  return element("figure",
                 text_element("figcaption", chart.caption) + element("div", drawing, canvas),
                 figure);
}

}  // namespace dovetail
