// SPDX-License-Identifier: Apache-2.0
// The program build/dovetail: app/front/programs.h.
#include <fmt/format.h>

#include <string_view>

#include "app/front/command_line.h"
#include "app/front/programs.h"
#include "base/error.h"

int main(int argc, char** argv) {
  using namespace dovetail;
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "status" || word == "--version") {
    return run_command_line(argc, argv, [](CLI::App& app, Action& chosen, const std::string&) {
      add_status(app, chosen);
    });
  }
  try {
    become_full_program(argv);
  } catch (const SystemError& error) {
    fmt::print(stderr, "dovetail: {}\n", error.what());
    return kFailure;
  }
}
