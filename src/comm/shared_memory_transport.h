// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "comm/all_reduce_transport.h"
#include "comm/shared_memory.h"

namespace dovetail {

// Passes chunks through memory that all ranks of one machine map; sends no messages. begin_round
// throws SystemError for gradients that do not fit.
std::unique_ptr<AllReduceTransport> make_shared_memory_transport(
    std::unique_ptr<SharedMemory> memory, int rank, int num_ranks);

// Bytes that hold the gradients of any model this machine can hold. Only used pages take memory.
size_t bytes_of_shared_memory(int num_ranks);

}  // namespace dovetail
