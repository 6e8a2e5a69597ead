// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "analysis/decisions/detectable.h"
#include "app/commands.h"
#include "app/front/existing_results.h"
#include "app/machine_speed.h"
#include "base/error.h"
#include "plan/plan_text.h"
#include "planning/plan_sweep.h"
#include "store/journal.h"
#include "sweep/cost.h"

namespace dovetail {

namespace {

struct PlanOptions {
  std::string sweep;
  std::string filter;
  int ranks = 4;
  bool cells = false;
  bool json = false;
  std::string pilot;  // results folder; "": typical variances
  double detect = 0;  // a difference that is wanted; 0: none
};

// Of training and evaluation, by the speed of the matrix products alone.
constexpr double kShareOfProductsSpeed = 0.45;

// The estimates are for an assumed speed.
void scale_to_this_machine(Plan& plan) {
  const double speed = kShareOfProductsSpeed * measured_products_speed();
  for (Job& job : plan.jobs) job.cost_seconds *= kFlopsPerSecond / speed;
}

TypicalSpread spread_for(const PlanOptions& options) {
  if (options.pilot.empty()) return {};
  const Plan pilot = plan_of_results(options.pilot);
  const std::map<std::string, Record> records = read_journal(options.pilot);
  return spread_of_pilot(pilot, group_cells(pilot, records), options.pilot);
}

int plan(const PlanOptions& options) {
  Plan plan = plan_sweep(options.sweep, options.filter).plan;
  scale_to_this_machine(plan);
  const bool is_scored = plan.axis_labels.contains("task");  // else it only makes checkpoints
  const TypicalSpread spread = spread_for(options);
  const SweepSize size = sweep_size_of(plan);
  if (options.json) {
    Json json = plan_json(plan, options.ranks);
    if (is_scored) json["detectable_difference"] = detectable_json(size, spread, options.detect);
    fmt::print("{}\n", json.dump(2));
    return kSuccess;
  }
  fmt::print("{}", plan_text(plan, options.ranks, options.cells));
  if (is_scored) fmt::print("{}", detectable_lines(size, spread, options.detect));
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
  command
      ->add_option("--detect", options->detect,
                   "Also print how many seeds it takes to see this difference of scores")
      ->check(CLI::PositiveNumber);
  command->add_option("--pilot", options->pilot,
                      "Results folder that shows how much runs and examples vary; without it "
                      "typical variances are assumed");
  command->footer("Example: dovetail plan sweeps/quickstart.toml --filter '*/wordnet.antonym/*'");
  command->callback([options, &chosen] { chosen = [options] { return plan(*options); }; });
}

}  // namespace dovetail
