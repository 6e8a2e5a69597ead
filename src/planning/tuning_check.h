// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/json.h"
#include "plan/settings.h"

namespace dovetail {

// Makes the tuning, as a cell will make it, around a model of that config.json that has shapes and
// no numbers, so that what does not fit is known before any job runs. Throws what the cell would
// throw. Returns the number of parameters that the tuning trains.
int64_t check_tuning(const ChoiceSettings& choice, const TuneSettings& tune, const Json& model);

}  // namespace dovetail
