// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace dovetail {

// Refuses an option that was renamed, with a ConfigError that names the new one. --help does not
// list the old one.
void refuse_renamed_option(CLI::App& command, const std::string& old_name,
                           const std::string& new_name);

}  // namespace dovetail
