// SPDX-License-Identifier: Apache-2.0
#include "base/machine_failure.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dovetail {

bool is_machine_fault(const std::error_code& error) {
  const bool from_system =
      error.category() == std::system_category() || error.category() == std::generic_category();
  constexpr int kFaults[] = {ENOSPC, EDQUOT, EFBIG,  EROFS, EACCES, EPERM,     EIO,      EMFILE,
                             ENFILE, ENOMEM, ESTALE, ENXIO, ENODEV, EREMOTEIO, ETIMEDOUT};
  return from_system && std::ranges::find(kFaults, error.value()) != std::end(kFaults);
}

void fail_reading(const char* verb, const std::string& path, int error_number) {
  const std::string message =
      fmt::format("cannot {} {}: {}", verb, path, std::strerror(error_number));
  // a file that may not be read is the user's to give free, as one that is missing
  const bool is_forbidden = error_number == EACCES || error_number == EPERM;
  if (!is_forbidden && is_machine_fault({error_number, std::generic_category()}))
    throw MachineFailure(message);
  throw SystemError(message);
}

void fail_writing(const char* verb, const std::string& path, int error_number) {
  throw_<MachineFailure>("cannot {} {}: {}", verb, path, std::strerror(error_number));
}

}  // namespace dovetail
