// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The few pieces of HTML that the report is built of. Names and reasons come from users' files, so
// every text goes through html_escape; `content` parameters are HTML already.
namespace dovetail {

// Safe in text and in quoted attributes: & < > " ' become entities, control characters blanks, and
// bytes that are not UTF-8 become U+FFFD.
std::string html_escape(std::string_view text);

using Attributes = std::vector<std::pair<std::string, std::string>>;  // values are escaped

std::string element(const std::string& tag, const std::string& content,
                    const Attributes& attributes = {});
std::string text_element(const std::string& tag, std::string_view text,
                         const Attributes& attributes = {});

// JSON that can stand inside <script>: no "</script>" or "<!--" can occur in it.
std::string json_for_script(const std::string& json);

// Replaces every {{name}}; each name of the template must be given, and every given name must be
// used.
std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values);

}  // namespace dovetail
