// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "plan/record.h"

namespace dovetail {

// Takes the record of job group[job] as soon as that job is done.
using RecordSink = std::function<void(size_t job, Record record)>;

}  // namespace dovetail
