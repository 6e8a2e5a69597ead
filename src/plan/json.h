// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

namespace dovetail {

using Json = nlohmann::json;

}  // namespace dovetail
