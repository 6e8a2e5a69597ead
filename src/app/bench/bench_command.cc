// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "app/bench/bench_commands.h"
#include "app/commands.h"

namespace dovetail {

void add_bench(CLI::App& app, Action& chosen) {
  CLI::App* bench = app.add_subcommand(
      "bench", "Speed of training, generation, scoring, the coordinator and the store");
  bench->require_subcommand(1);
  bench->footer("Example: dovetail bench train --shape mini --threads 2");
  add_bench_train(*bench, chosen);
  add_bench_group(*bench, chosen);
  add_bench_generate(*bench, chosen);
  add_bench_score(*bench, chosen);
  add_bench_driver(*bench, chosen);
  add_bench_store(*bench, chosen);
}

}  // namespace dovetail
