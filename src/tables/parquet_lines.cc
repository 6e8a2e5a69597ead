// SPDX-License-Identifier: Apache-2.0
#include "tables/parquet_lines.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "base/error.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// Beside the executable, where it is installed, or in the build folder.
fs::path parquet_program() {
  std::error_code ignored;
  const fs::path beside =
      fs::read_symlink("/proc/self/exe", ignored).parent_path() / "dovetail-parquet";
  if (fs::exists(beside, ignored)) return beside;
  return fs::exists(DOVETAIL_PARQUET_PROGRAM, ignored) ? DOVETAIL_PARQUET_PROGRAM : "";
}

struct Output {
  std::string bytes;
  int status = 0;
};

// Runs the program with these arguments and returns what it writes to standard output.
Output output_of(const fs::path& program, std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw_<SystemError>("no pipe can be made");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  words.insert(words.begin(), program.string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t process = 0;
  const int failed =
      posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Output output;
  std::vector<char> chunk(1 << 16);
  for (;;) {
    const ssize_t count = read(ends[0], chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    output.bytes.append(chunk.data(), static_cast<size_t>(count));
  }
  close(ends[0]);
  if (failed != 0) throw_<SystemError>("{} cannot be started", program.string());
  while (waitpid(process, &output.status, 0) < 0 && errno == EINTR) {
  }
  return output;
}

}  // namespace

bool is_parquet(std::string_view bytes) { return bytes.starts_with("PAR1"); }

std::string parquet_lines(const fs::path& file) {
  const fs::path program = parquet_program();
  if (program.empty()) {
    throw_<DataError>(
        "{}: this is a Parquet file, and this Dovetail was built without Arrow; install pyarrow in "
        ".venv and build again, or write the table as JSON lines",
        file.string());
  }
  Output output = output_of(program, {file.string()});
  if (output.status != 0) {
    throw_<DataError>("{}: this Parquet file cannot be read; the reason is above", file.string());
  }
  return std::move(output.bytes);
}

void write_parquet(const fs::path& rows, const fs::path& to) {
  const fs::path program = parquet_program();
  if (program.empty()) {
    throw_<DataError>(
        "{}: this Dovetail was built without Arrow, and writes no Parquet; install pyarrow in "
        ".venv "
        "and build again, or write a table that ends in .csv",
        to.string());
  }
  const Output output = output_of(program, {"--write", rows.string(), to.string()});
  if (output.status != 0)
    throw_<SystemError>("{} cannot be written; the reason is above", to.string());
}

}  // namespace dovetail
