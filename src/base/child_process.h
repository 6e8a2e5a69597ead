// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace dovetail {

// Runs `work` in a forked process and returns the bytes it returned. For library calls that cannot
// be interrupted: on a stop request the process is killed and Interrupted thrown, within a tenth of
// a second; its memory goes back to the system too. ConfigError, DataError and SystemError of the
// work are thrown here again; a process that dies is a SystemError. `what` names the work in
// messages.
std::string run_in_child(const std::string& what, const std::function<std::string()>& work);

}  // namespace dovetail
