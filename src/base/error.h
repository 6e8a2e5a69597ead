// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>

namespace dovetail {

// A mistake of the user (in a sweep file, an option, a path), found before any work starts. The
// message has what was expected, what was found, where, and what to do. Exit code 2.
class ConfigError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A data file that cannot be used; the message names file and line. Exit code 2.
class DataError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A failure outside of the program: a full disk, a lost file, a library's error. Exit code 1.
class SystemError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// MPI failed. Exit code 1.
class CommError : public SystemError {
  using SystemError::SystemError;
};

// A stop was requested. Finished work is safe, and the same command resumes. Exit code 75.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,      // something failed: a cell, the disk, a library
  kUserError = 2,    // ConfigError, DataError
  kInterrupted = 75  // resumable (sysexits.h EX_TEMPFAIL)
};

// throw_<ConfigError>("unknown objective {:?}", name)
template <typename Error, typename... Args>
[[noreturn]] void throw_(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

namespace detail {
[[noreturn]] void check_failed(const char* file, int line, const char* expression,
                               const std::string& values);

template <typename Relation, typename A, typename B>
void check_compared(Relation holds, const A& a, const B& b, const char* file, int line,
                    const char* expression) {
  if (!holds(a, b)) check_failed(file, line, expression, fmt::format("{} against {}", a, b));
}
}  // namespace detail

// Checks for errors of the programmer: throw std::logic_error with the values compared.
#define DOVETAIL_CHECK(condition) \
  ((condition) ? (void)0 : ::dovetail::detail::check_failed(__FILE__, __LINE__, #condition, ""))
#define DOVETAIL_CHECK_EQ(a, b) \
  ::dovetail::detail::check_compared(std::equal_to<>{}, a, b, __FILE__, __LINE__, #a " == " #b)
#define DOVETAIL_CHECK_LT(a, b) \
  ::dovetail::detail::check_compared(std::less<>{}, a, b, __FILE__, __LINE__, #a " < " #b)

}  // namespace dovetail
