// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/task.h"
#include "sweep/data_inspector.h"

namespace dovetail {

// DataInspector::pool_fingerprint for a task that is loaded.
std::string pool_fingerprint(const TaskData& task, const PoolRequest& request);

// DataInspector::check_label_mask.
void check_label_mask(const std::string& objective, const std::string& mask_label);

}  // namespace dovetail
