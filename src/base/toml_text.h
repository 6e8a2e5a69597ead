// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// ConfigError for a TOML text that toml++ 3.3 is not given, because it does not bear all of its
// kind; to be called before it is parsed:
//   a dotted key of more than 32 parts, in depth as values may nest;
//   a header that begins with no key, which is no TOML;
//   a letter outside ASCII that stands neither in quotes nor in a comment, and a quote within a key
//     or value (1'a'), which are none either.
void check_toml_text(std::string_view text, const std::string& file);

}  // namespace dovetail
