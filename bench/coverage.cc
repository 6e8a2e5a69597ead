// SPDX-License-Identifier: Apache-2.0
// How often the intervals of the report hold the truth, and how often its verdicts are wrong, on
// simulated sweeps whose truth is known. Prints the tables of docs/statistics.md; with --json a
// line a setting. Seeded: the same build prints the same numbers.
//
//   jobs/build coverage && build/bench/coverage          # some minutes on two cores
//   build/bench/coverage --json pooled_claim             # one kind alone
#include <fmt/format.h>

#include <functional>
#include <future>
#include <iostream>
#include <span>
#include <string_view>

#include "coverage.h"

namespace dovetail::simulated {
namespace {

struct Work {
  std::string what;
  std::function<std::vector<Json>()> run;
};

// Settings and their seeds, in the order of the table.
class WorkList {
 public:
  WorkList() {
    for (const double run_sd : {0.0, 0.02, 0.05}) {
      for (const int64_t seeds : {2, 3, 5}) {
        for (const int64_t examples : {100, 300, 1000})
          add_intervals({.run_sd = run_sd, .seeds = seeds, .examples = examples});
        add("best_of_22", selection,
            Setting{.run_sd = run_sd, .seeds = seeds, .examples = 300, .cells = 22});
      }
    }
    add("best_of_22", selection, Setting{.run_sd = 0.05, .seeds = 1, .examples = 300, .cells = 22});
    add_verdicts();
  }

  std::vector<Work> work;

 private:
  template <typename... Arguments>
  void add(const char* what, std::vector<Json> (*simulate)(Arguments...), auto... settings) {
    work.push_back({what, [=, seed = ++seed_] { return simulate(settings..., seed); }});
  }

  void add_intervals(const Setting& setting) {
    add("cells", cells_of_one_task, setting);
    Setting moved = setting;
    moved.seed_sd = 0.03;
    if (setting.examples == 300) add("cells", cells_of_one_task, moved);
    add("effect_by_task", effects_by_task, setting);
    for (const int64_t tasks : {5, 9, 15}) {
      Setting pooled = setting;
      pooled.tasks = tasks;
      pooled.cells = 2;
      for (const Tasks kind : {Tasks::alike, Tasks::differ, Tasks::skewed})
        add("pooled_claim", pooled_claim, pooled, kind);
    }
  }

  void add_verdicts() {
    for (const int64_t seeds : {2, 3}) {
      add("null_claims", null_claims,
          Setting{.run_sd = 0.02, .seeds = seeds, .examples = 200, .tasks = 9, .cells = 42});
    }
    for (const double sd : {0.0, 0.01, 0.02}) {
      for (const int64_t tasks : {9, 15}) add("checkpoints", checkpoints, tasks, int64_t{3}, sd);
    }
    for (const double cells_sd : {0.0, 0.02, 0.05, 0.1}) {
      add("regret", regrets,
          Setting{.run_sd = 0.02, .seeds = 2, .examples = 200, .tasks = 6, .cells = 12}, cells_sd);
    }
  }

  uint64_t seed_ = 20261129;
};

void print_plain(const Json& line) {
  std::string text;
  for (const auto& [key, value] : line.items()) {
    const std::string shown = value.is_number_float() ? fmt::format("{:.3f}", value.get<double>())
                              : value.is_string()     ? value.get<std::string>()
                                                      : value.dump();
    text += (text.empty() ? "" : " | ") + (key == "what" ? shown : key + " " + shown);
  }
  std::cout << text << "\n" << std::flush;
}

// Two at a time, printed in their order.
void run(bool as_json, const std::string& only) {
  std::vector<Work> work = WorkList().work;
  std::erase_if(work, [&](const Work& one) { return !one.what.starts_with(only); });
  constexpr size_t kThreads = 2;
  std::vector<std::future<std::vector<Json>>> running;
  for (size_t next = 0, done = 0; done < work.size(); ++done) {
    for (; next < work.size() && next < done + kThreads; ++next)
      running.push_back(std::async(std::launch::async, work[next].run));
    for (const Json& line : running[done].get()) {
      if (as_json)
        std::cout << line.dump() << "\n" << std::flush;
      else
        print_plain(line);
    }
  }
}

}  // namespace
}  // namespace dovetail::simulated

int main(int argc, char** argv) {
  bool as_json = false;
  std::string only;  // the start of a kind of line: "pooled_claim"
  for (const std::string_view argument : std::span(argv, static_cast<size_t>(argc)).subspan(1)) {
    if (argument == "--json")
      as_json = true;
    else
      only = argument;
  }
  dovetail::simulated::run(as_json, only);
}
