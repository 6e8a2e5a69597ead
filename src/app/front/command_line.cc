// SPDX-License-Identifier: Apache-2.0
#include "app/front/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "app/front/exit_code.h"
#include "app/front/typed_command.h"
#include "base/error.h"
#include "base/log.h"
#include "base/names.h"

namespace dovetail {

namespace {

const CLI::App& innermost(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : innermost(*given.front());
}

std::vector<std::string> known_words(const CLI::App& command, bool options) {
  std::vector<std::string> words;
  if (!options) {
    for (const CLI::App* inner : command.get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(inner->get_name());
    }
    return words;
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

// Adds the nearest known word to CLI11's message.
ConfigError usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  const std::string prefix = &command == &app ? "" : command.get_name() + ": ";
  for (const std::string& word : command.remaining()) {
    const std::string bare = word.substr(0, word.find('='));
    const bool is_option = bare.starts_with("-");
    const std::vector<std::string> known = known_words(command, is_option);
    if (known.empty()) continue;
    return ConfigError(fmt::format("{}unknown {} {}; {}", prefix, is_option ? "option" : "command",
                                   bare, did_you_mean(bare, known)));
  }
  return ConfigError(fmt::format("{}{}; --help lists the options", prefix, error.what()));
}

int dispatch(int argc, char** argv, const std::string& command, const AddCommands& add_commands) {
  CLI::App app{"Which pre-training objective, template and tuning strategy fit which task?"};
  app.name("dovetail");
  app.set_version_flag("--version", "dovetail " DOVETAIL_VERSION);
  app.footer("Example: dovetail run sweeps/quickstart.toml && dovetail report results/quickstart");
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default();
  Action chosen;
  add_commands(app, chosen, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error);
  }
  return chosen();
}

int complain(std::string_view message, int exit_code) {
  fmt::print(stderr, "dovetail: {}\n", message);
  return exit_code;
}

// Turns exceptions into exit codes; nothing else does.
int guarded_dispatch(int argc, char** argv, const AddCommands& add_commands) {
  const std::string command = typed_command(argc, argv);  // while its launcher is there
  try {
    return dispatch(argc, argv, command, add_commands);
  } catch (const ConfigError& error) {
    return complain(error.what(), kUserError);
  } catch (const DataError& error) {
    return complain(error.what(), kUserError);
  } catch (const Interrupted&) {
    return complain("interrupted; go on with the same command: " + command, kInterrupted);
  } catch (const std::bad_alloc&) {
    return complain("out of memory", kFailure);
  } catch (const std::exception& error) {
    return complain(error.what(), kFailure);
  }
}

}  // namespace

int run_command_line(int argc, char** argv, const AddCommands& add_commands) {
  // Standard output is for results, so the logger must not write there.
  log_to_stderr();
  return leave_exit_code(guarded_dispatch(argc, argv, add_commands));
}

}  // namespace dovetail
