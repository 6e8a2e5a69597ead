// SPDX-License-Identifier: Apache-2.0
#include "planning/plan_sweep.h"

#include "planning/catalogues.h"
#include "planning/project_data.h"
#include "sweep/make_plan.h"

namespace dovetail {

PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter) {
  ProjectData data;
  Plan whole = make_plan(parse_sweep(sweep_file, catalogues()), data);
  Plan part = filter.empty() ? whole : filter_plan(whole, filter);
  return {std::move(whole), std::move(part)};
}

}  // namespace dovetail
