// SPDX-License-Identifier: Apache-2.0
// The program build/dovetail-full, which build/dovetail becomes: app/front/programs.h.
#include <string>

#include "app/commands.h"
#include "base/memory.h"
#include "base/subnormals.h"

int main(int argc, char** argv) {
  using namespace dovetail;
  keep_freed_memory();
  flush_subnormals();  // before there are other threads
  return run_command_line(argc, argv, [](CLI::App& app, Action& chosen, const std::string& typed) {
    add_plan(app, chosen);
    add_run(app, chosen, typed);
    add_submit(app, chosen);
    add_status(app, chosen);
    add_report(app, chosen);
    add_merge(app, chosen);
    add_advise(app, chosen);
    add_predictions(app, chosen);
    add_data(app, chosen);
    add_list(app, chosen);
    add_metric(app, chosen);
    add_export(app, chosen);
    add_bench(app, chosen);
    add_score(app, chosen);
    add_generate(app, chosen);
  });
}
