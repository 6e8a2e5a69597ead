// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/data_inspector.h"

namespace dovetail {

// A hash of the content of a thing that a sweep names. Throws ConfigError or DataError for data
// that are missing or broken, such as a checkpoint without a vocabulary.
std::string data_fingerprint(DataSource source, const std::string& name);

}  // namespace dovetail
