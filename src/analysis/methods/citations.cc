// SPDX-License-Identifier: Apache-2.0
#include "analysis/methods/citations.h"

#include <algorithm>
#include <cctype>
#include <regex>

#include "analysis/methods/papers_bib.h"

namespace dovetail {

std::vector<Citation> citations_in(std::string_view text) {
  static const std::regex pattern(
      "([A-Z][A-Za-z-]+)(?: and [A-Z][A-Za-z-]+| et al\\.)? ([0-9]{4})");
  std::vector<Citation> found;
  for (std::cregex_iterator match(text.data(), text.data() + text.size(), pattern), end;
       match != end; ++match) {
    std::string key = match->str(1) + match->str(2);
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    found.push_back({static_cast<size_t>(match->position()), static_cast<size_t>(match->length()),
                     std::move(key)});
  }
  return found;
}

std::string bibtex_entry(const std::string& key) {
  const std::string_view all = embedded::papers_bib();
  const size_t name = all.find("{" + key + ",");
  if (name == std::string_view::npos) return "";
  const size_t begin = all.rfind('@', name);
  const size_t end = all.find("\n}\n", name);
  return std::string(all.substr(begin, end + 3 - begin));
}

}  // namespace dovetail
