// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace dovetail {

// Runs `work` in a forked process and returns the bytes that it returns. This serves library calls
// that cannot be interrupted: a stop request kills the process and throws Interrupted within a
// tenth of a second. It also returns the work's memory to the system. ConfigError, DataError and
// SystemError of the work are rethrown here; a process that dies is a SystemError. `what` names the
// work in messages.
std::string run_in_child(const std::string& what, const std::function<std::string()>& work);

}  // namespace dovetail
