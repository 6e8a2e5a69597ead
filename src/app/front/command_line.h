// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace dovetail {

// Runs a command after its options are read; returns the exit code.
using Action = std::function<int()>;

// Adds commands. The one that the user gives puts its action into `chosen`; `typed` is the whole
// command line, as typed_command() has it.
using AddCommands = std::function<void(CLI::App& app, Action& chosen, const std::string& typed)>;

// Reads the command line and runs what it asks for. Returns the exit code, into which it turns
// every exception.
int run_command_line(int argc, char** argv, const AddCommands& add_commands);

void add_status(CLI::App& app, Action& chosen);

}  // namespace dovetail
