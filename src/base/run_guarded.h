// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "base/data_parallel_failure.h"
#include "base/error.h"
#include "base/machine_failure.h"

namespace dovetail {

inline constexpr const char* kOutOfMemory = "out of memory";

// Runs `work`, whose failure must not end the work beside it: another cell, another job. Returns
// the reason of the failure, or "" on success. bad_alloc becomes kOutOfMemory; every other
// std::exception gives its message.
//
// Four exceptions pass through, because they concern more than this piece of work:
//   Interrupted  the run was asked to stop;
//   MachineFailure  the disk is full, for example; an error of the standard library that says so
//                becomes one;
//   CommError    the communication between ranks is broken;
//   DataParallelFailure  another member of the data-parallel group has ended the common work.
template <typename Work>
std::string run_guarded(Work&& work) {
  try {
    std::forward<Work>(work)();
  } catch (const Interrupted&) {
    throw;
  } catch (const CommError&) {
    throw;
  } catch (const MachineFailure&) {
    throw;
  } catch (const DataParallelFailure&) {
    throw;
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  } catch (const std::system_error& error) {
    if (is_machine_fault(error.code())) throw MachineFailure(error.what());
    return error.what();
  } catch (const std::exception& error) {
    // no message would look like success
    return *error.what() == '\0' ? "an exception without a message" : error.what();
  }
  return "";
}

}  // namespace dovetail
