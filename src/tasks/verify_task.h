// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cards/data_report.h"

namespace dovetail {

// The report on the data of a card or of a task of the catalogue. A DataError becomes a refusal in
// the report; ConfigError for a name that find_task does not know.
DataReport verify_task(const std::string& name_or_card);

}  // namespace dovetail
