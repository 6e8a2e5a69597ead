// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/methods/methods.h"

namespace dovetail {

// LaTeX to \input: a \subsection for each part, and \citealt (natbib) for each work that papers.bib
// has; the others stay prose.
std::string methods_tex(const std::vector<MethodsPart>& parts);

// The BibTeX entries that methods_tex() cites, each once, in the order of their first citation.
std::string methods_bib(const std::vector<MethodsPart>& parts);

}  // namespace dovetail
