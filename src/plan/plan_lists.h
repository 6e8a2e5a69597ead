// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/plan.h"

// The JSON of a plan in pieces: its lists of cells, probes and jobs, which are long, apart from the
// rest. A file of them need not be in memory as a whole (store/plan_file.h).
namespace dovetail {

Json json_without_lists(const Plan& plan);
// Json::out_of_range for a missing key.
void read_all_but_lists(const Json& json, Plan& plan);

void to_json(Json& json, const Cell& cell);
void from_json(const Json& json, Cell& cell);
// DataError for a cell of a job that is none of `num_jobs`.
void check_cells(const Plan& plan, size_t num_jobs);

}  // namespace dovetail
