// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <system_error>

#include "base/error.h"

namespace dovetail {

// The machine failed, and not the work: a full disk, a quota, a broken or read-only file system.
// The same work succeeds once somebody has mended the machine, so it is booked nowhere as failed:
// the run stops, and the same command goes on. The message names the file and what was to be done
// with it.
class MachineFailure : public SystemError {
  using SystemError::SystemError;
};

// Whether a system call that failed so on a file would succeed on a sound machine: no space, no
// quota, no permission, an I/O error, too many open files, a lost network file system. Not that the
// file is missing.
bool is_machine_fault(const std::error_code& error);

// "cannot VERB PATH: REASON", of errno. For a file that is read: MachineFailure if
// is_machine_fault() but for a missing permission, else SystemError.
[[noreturn]] void fail_reading(const char* verb, const std::string& path, int error_number);
// The same for a file that is written: always MachineFailure, since no setting of a job makes its
// files impossible to write.
[[noreturn]] void fail_writing(const char* verb, const std::string& path, int error_number);

}  // namespace dovetail
