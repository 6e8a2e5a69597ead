// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/subset.h"

namespace dovetail {

// For each test example the first reference of the subset's example that is most like it: by the
// cosine of TF-IDF vectors of their words (lower case; source and fields), with idf = ln(N / n)
// over the N examples of the subset, n of which have the word. The first of equally near ones, so
// that an example without a common word gets the first answer of the subset.
std::vector<std::string> nearest_answers(const TaskData& task, const Subset& subset,
                                         const std::vector<int64_t>& test);

}  // namespace dovetail
