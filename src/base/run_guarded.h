// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "base/data_parallel_failure.h"
#include "base/error.h"
#include "base/machine_failure.h"

namespace dovetail {

// Of the host, and of a GPU. What begins with the first is a want of memory.
inline constexpr const char* kOutOfMemory = "out of memory";
inline constexpr const char* kOutOfDeviceMemory = "out of memory on the device";
inline bool is_out_of_memory(std::string_view reason) { return reason.starts_with(kOutOfMemory); }

// The reason of an exception's message. LibTorch's allocators throw errors of its own, which are
// told by their words: this room knows no LibTorch.
inline std::string reason_of(std::string_view message) {
  if (message.find("CUDA out of memory") != message.npos) return kOutOfDeviceMemory;
  const bool from_allocator = message.find("DefaultCPUAllocator: ") != message.npos;
  if (from_allocator && message.find("memory") != message.npos) return kOutOfMemory;
  // no message would look like success
  return message.empty() ? "an exception without a message" : std::string(message);
}

// Runs `work`, whose failure must not end the work beside it: another cell, another job. Returns
// the reason of the failure, or "" on success. bad_alloc becomes kOutOfMemory, as reason_of() makes
// it of LibTorch's; every other std::exception gives its message.
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
    return reason_of(error.what());
  }
  return "";
}

}  // namespace dovetail
