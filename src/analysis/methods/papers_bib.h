// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace dovetail::embedded {

std::string_view papers_bib();  // papers.bib

}  // namespace dovetail::embedded
