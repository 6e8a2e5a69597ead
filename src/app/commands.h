// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/front/command_line.h"

namespace dovetail {

// Each adds one command, in the file of its name. add_status() is in app/front.
void add_plan(CLI::App& app, Action& chosen);
void add_run(CLI::App& app, Action& chosen, const std::string& command_line);
void add_submit(CLI::App& app, Action& chosen);
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
