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

// Each adds one command, in the file of its name. The command that the user gives puts its action
// into `chosen`.
void add_plan(CLI::App& app, Action& chosen);
void add_run(CLI::App& app, Action& chosen, const std::string& command_line);
void add_submit(CLI::App& app, Action& chosen);
void add_status(CLI::App& app, Action& chosen);
void add_merge(CLI::App& app, Action& chosen);
void add_report(CLI::App& app, Action& chosen);
void add_advise(CLI::App& app, Action& chosen);
void add_predictions(CLI::App& app, Action& chosen);
void add_data(CLI::App& app, Action& chosen);
void add_data_split(CLI::App& data, Action& chosen);  // these are commands of data
void add_data_stepgame(CLI::App& data, Action& chosen);
void add_data_verify(CLI::App& data, Action& chosen);
void add_data_show(CLI::App& data, Action& chosen);
void add_list(CLI::App& app, Action& chosen);
void add_metric(CLI::App& app, Action& chosen);
void add_export(CLI::App& app, Action& chosen);
void add_bench(CLI::App& app, Action& chosen);
void add_score(CLI::App& app, Action& chosen);
void add_generate(CLI::App& app, Action& chosen);

}  // namespace dovetail
