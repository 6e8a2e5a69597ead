// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/html.h"

#include <nlohmann/json.hpp>

#include <set>

#include "base/error.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

// Writing and parsing JSON replaces invalid UTF-8.
std::string valid_utf8(std::string_view text) {
  const std::string json =
      Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(json).get<std::string>();
}

}  // namespace

std::string html_escape(std::string_view text) {
  std::string escaped;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default:
        escaped += (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f ? ' ' : c;
    }
  }
  return escaped;
}

std::string element(const std::string& tag, const std::string& content,
                    const Attributes& attributes) {
  std::string html = "<" + tag;
  for (const auto& [name, value] : attributes)
    html += " " + name + "=\"" + html_escape(value) + "\"";
  return html + ">" + content + "</" + tag + ">";
}

std::string text_element(const std::string& tag, std::string_view text,
                         const Attributes& attributes) {
  return element(tag, html_escape(text), attributes);
}

std::string json_for_script(const std::string& json) {
  std::string safe;
  for (const char c : json) {
    if (c == '<')
      safe += "\\u003c";  // only ever inside a string, where this means the same
    else
      safe += c;
  }
  return safe;
}

std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string filled;
  std::set<std::string> used;
  for (;;) {
    const size_t begin = text.find("{{");
    filled += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const size_t end = text.find("}}", begin);
    DOVETAIL_CHECK(end != std::string_view::npos);
    const std::string name(text.substr(begin + 2, end - begin - 2));
    if (!values.contains(name))
      throw std::logic_error("the page template names an unknown part: " + name);
    filled += values.at(name);
    used.insert(name);
    text.remove_prefix(end + 2);
  }
  for (const auto& [name, value] : values) {
    if (!used.contains(name)) throw std::logic_error("the page template has no place for " + name);
  }
  return filled;
}

}  // namespace dovetail
