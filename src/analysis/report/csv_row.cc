// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/csv_row.h"

#include <fmt/format.h>

namespace dovetail {

std::string csv_field(const std::string& text) {
  const bool space_at_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!space_at_end && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_number(double value) { return fmt::format("{:.9g}", value); }
std::string csv_number(int64_t value) { return fmt::format("{}", value); }
std::string csv_number(const std::optional<double>& value) {
  return value ? csv_number(*value) : "";
}

void append(CsvRow& row, const Estimate& estimate) {
  for (const double value : {estimate.mean, estimate.low, estimate.high})
    row.push_back(csv_number(value));
}

std::string csv_text(const CsvRows& rows) {
  std::string text;
  for (const CsvRow& row : rows) {
    for (size_t i = 0; i < rows[0].size(); ++i)
      text += (i == 0 ? "" : ",") + (i < row.size() ? csv_field(row[i]) : "");
    text += "\r\n";
  }
  return text;
}

}  // namespace dovetail
