// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "comm/communicator.h"

namespace dovetail {

// The MPI side of make_communicator() and make_communicators(), which callers use instead.
std::unique_ptr<Communicator> make_mpi_communicator();
Communicators make_mpi_communicators(int group_size);

}  // namespace dovetail
