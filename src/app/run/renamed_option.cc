// SPDX-License-Identifier: Apache-2.0
#include "app/run/renamed_option.h"

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace dovetail {

void refuse_renamed_option(CLI::App& command, const std::string& old_name,
                           const std::string& new_name) {
  const auto refuse = [old_name, new_name](const std::string& value) {
    throw_<ConfigError>("{0} was renamed: give {1} {2} in place of {0} {2}", old_name, new_name,
                        value);
  };
  command.add_option_function<std::string>(old_name, refuse)->group("");
}

}  // namespace dovetail
