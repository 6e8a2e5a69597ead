// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Elements, escaping and the page template. Names and reasons come from users' files, so every text
// passes through html_escape; `content` parameters are HTML already.
namespace dovetail {

// Makes text safe in content and in quoted attributes: & < > " ' become entities, control
// characters spaces, and invalid UTF-8 U+FFFD.
std::string html_escape(std::string_view text);

using Attributes = std::vector<std::pair<std::string, std::string>>;  // values are escaped

std::string element(const std::string& tag, const std::string& content,
                    const Attributes& attributes = {});
std::string text_element(const std::string& tag, std::string_view text,
                         const Attributes& attributes = {});

// Makes JSON safe inside <script>: neither "</script>" nor "<!--" occurs in it.
std::string json_for_script(const std::string& json);

// Replaces every {{name}}. Throws std::logic_error if a name of the template has no value, or a
// value no place.
std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values);

}  // namespace dovetail
