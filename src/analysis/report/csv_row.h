// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/statistics/statistics.h"

// CSV as RFC 4180 has it: fields with a comma, quote or line break are quoted. Numbers have a
// decimal point and at most nine digits. An empty field is a missing value.
namespace dovetail {

using CsvRow = std::vector<std::string>;
using CsvRows = std::vector<CsvRow>;  // the first row holds the names of the columns

// Quotes a field where it must be, and where a space at an end would be lost.
std::string csv_field(const std::string& text);
std::string csv_number(double value);
std::string csv_number(int64_t value);
std::string csv_number(const std::optional<double>& value);

void append(CsvRow& row, const Estimate& estimate);  // mean, low, high

// The text of a table. A row that is shorter than the first is filled with empty fields.
std::string csv_text(const CsvRows& rows);

}  // namespace dovetail
