// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// A work as prose names it: "Raffel et al. 2020", "Pang and Lee 2004", "Holm 1979".
struct Citation {
  size_t begin = 0, size = 0;  // in the text, in bytes
  std::string key;             // raffel2020: first author and year
};

// The citations of a text, in its order.
std::vector<Citation> citations_in(std::string_view text);

// The entry of papers.bib; "" for a work that it does not have.
std::string bibtex_entry(const std::string& key);

}  // namespace dovetail
