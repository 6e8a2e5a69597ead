// SPDX-License-Identifier: Apache-2.0
#include "metrics/longest_common_subsequence.h"

#include <algorithm>

namespace dovetail {

size_t longest_common_subsequence(const Tokens& a, const Tokens& b) {
  std::vector<size_t> row(b.size() + 1, 0);
  for (const std::string& token : a) {
    size_t diagonal = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = token == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

double rouge_l_f1(const Tokens& prediction, const Tokens& reference) {
  return f1(longest_common_subsequence(prediction, reference), prediction.size(), reference.size());
}

}  // namespace dovetail
