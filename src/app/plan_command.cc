// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/machine_speed.h"
#include "base/error.h"
#include "plan/plan_text.h"
#include "planning/plan_sweep.h"
#include "sweep/cost.h"

namespace dovetail {

namespace {

struct PlanOptions {
  std::string sweep;
  std::string filter;
  int ranks = 4;
  bool cells = false;
  bool json = false;
};

// Of training and evaluation, by the speed of the matrix products alone.
constexpr double kShareOfProductsSpeed = 0.45;

// The estimates are for an assumed speed.
void scale_to_this_machine(Plan& plan) {
  const double speed = kShareOfProductsSpeed * measured_products_speed();
  for (Job& job : plan.jobs) job.cost_seconds *= kFlopsPerSecond / speed;
}

int plan(const PlanOptions& options) {
  Plan plan = plan_sweep(options.sweep, options.filter).plan;
  scale_to_this_machine(plan);
  if (options.json) {
    fmt::print("{}\n", plan_json(plan, options.ranks).dump(2));
  } else {
    fmt::print("{}", plan_text(plan, options.ranks, options.cells));
  }
  return kSuccess;
}

}  // namespace

void add_plan(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App* command = app.add_subcommand("plan", "Show what a sweep would run; writes nothing");
  command->add_option("SWEEP", options->sweep, "Sweep file (TOML)")->required();
  command->add_option("--filter", options->filter, "Plan only cells whose name matches this glob");
  command->add_option("--ranks", options->ranks, "Estimate the time on 1, 2 and this many ranks")
      ->check(CLI::PositiveNumber);
  command->add_flag("--cells", options->cells, "Also print the names of the cells");
  command->add_flag("--json", options->json, "Print JSON with every cell and job");
  command->footer("Example: dovetail plan sweeps/quickstart.toml --filter '*/wordnet.antonym/*'");
  command->callback([options, &chosen] { chosen = [options] { return plan(*options); }; });
}

}  // namespace dovetail
