// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dovetail {

std::string host_name();
// For messages: "process 4711 on host node3".
std::string this_process();

}  // namespace dovetail
