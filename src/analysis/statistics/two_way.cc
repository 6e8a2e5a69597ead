// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/two_way.h"

#include <numeric>

namespace dovetail {

std::vector<double> column_means(const Table& table) {
  std::vector<double> means(table[0].size(), 0.0);
  for (const auto& row : table) {
    for (size_t i = 0; i < row.size(); ++i) means[i] += row[i] / static_cast<double>(table.size());
  }
  return means;
}

double row_mean(const std::vector<double>& row) {
  return std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(row.size());
}

Variance interaction(const Table& table) {
  const double degrees =
      static_cast<double>(table.size() - 1) * static_cast<double>(table[0].size() - 1);
  if (degrees < 1) return {};
  const std::vector<double> by_column = column_means(table);
  const double all = row_mean(by_column);
  double squares = 0;
  for (const auto& row : table) {
    const double own = row_mean(row);
    for (size_t i = 0; i < row.size(); ++i) {
      const double residual = row[i] - own - by_column[i] + all;
      squares += residual * residual;
    }
  }
  return Variance::of(squares / degrees, degrees);
}

}  // namespace dovetail
