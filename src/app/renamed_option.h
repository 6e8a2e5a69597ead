// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/error.h"

namespace dovetail {

// Refuses an option that was renamed, with a ConfigError that names the new one. Not listed by
// --help.
inline void refuse_renamed_option(CLI::App& command, const std::string& old_name,
                                  const std::string& new_name) {
  command
      .add_option_function<std::string>(old_name,
                                        [old_name, new_name](const std::string& value) {
                                          throw_<ConfigError>(
                                              "{0} was renamed: give {1} {2} in place of {0} {2}",
                                              old_name, new_name, value);
                                        })
      ->group("");
}

}  // namespace dovetail
