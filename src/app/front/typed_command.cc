// SPDX-License-Identifier: Apache-2.0
#include "app/front/typed_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/names.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLaunchers[] = {"mpirun", "mpiexec", "orterun", "prterun", "srun"};

std::string shell_text(std::span<const std::string> words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(shell_word(word));
  return join(quoted, " ");
}

// Zeros end the words of a process's command line; a process that has ended has none.
std::vector<std::string> words_of_process(const fs::path& folder) {
  std::ifstream file(folder / "cmdline", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  std::vector<std::string> words = split(bytes, '\0');
  words.pop_back();
  return words;
}

// srun is no ancestor of its tasks, so this looks at all processes of this machine.
std::string running_launcher(std::span<const std::string> program) {
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::vector<std::string> words = words_of_process(entry->path());
    if (launches(words, program)) return shell_text(words);
  }
  return "";
}

// srun started the ranks, but from another machine.
std::string remade_launcher() {
  if (const char* ranks = std::getenv("OMPI_COMM_WORLD_SIZE"))
    return fmt::format("mpirun -n {} ", ranks);
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  if (tasks == nullptr || std::getenv("PMIX_RANK") == nullptr) return "";
  return fmt::format("srun --mpi=pmix -n {} ", tasks);
}

}  // namespace

std::string shell_word(const std::string& word) {
  const bool plain = word.find_first_of(" \t\n'\"*?[]{}$&;|<>()\\`!#~") == std::string::npos;
  return plain && !word.empty() ? word : "'" + join(split(word, '\''), "'\\''") + "'";
}

bool launches(std::span<const std::string> launcher, std::span<const std::string> program) {
  if (launcher.size() <= program.size() || program.empty()) return false;
  const std::string name = fs::path(launcher.front()).filename();
  if (std::ranges::find(kLaunchers, name) == std::end(kLaunchers)) return false;
  const auto tail = launcher.last(program.size());
  // srun hands on the program's whole path
  return fs::path(tail[0]).filename() == fs::path(program[0]).filename() &&
         std::ranges::equal(tail.subspan(1), program.subspan(1));
}

std::string typed_command(int argc, char** argv) {
  const char* told = std::getenv("DOVETAIL_COMMAND");
  if (told != nullptr && *told != '\0') return told;
  const std::vector<std::string> words(argv, argv + argc);
  const std::string remade = remade_launcher();
  if (remade.empty()) return shell_text(words);
  const std::string running = running_launcher(words);
  return running.empty() ? remade + shell_text(words) : running;
}

}  // namespace dovetail
