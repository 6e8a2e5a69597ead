// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "jobs/tune_cell.h"
#include "plan/record.h"

namespace dovetail {

// Tests the tuned cells of a group in shared passes, where several may be tested together and ask
// for the same decodings and metrics, on their validation examples too, and puts the results into
// their records. Null cells and those
// whose training failed are left out. Returns the counts of the rows of each cell that was tested,
// and nothing for the others, which are to be tested alone: also where a shared test fails, so that
// the failure is that of the cell at fault.
std::vector<std::optional<RowCounts>> test_together(
    std::span<const std::unique_ptr<TuneCell>> cells, std::span<Record> records);

}  // namespace dovetail
