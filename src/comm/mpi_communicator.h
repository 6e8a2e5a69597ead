// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "comm/communicator.h"

namespace dovetail {

// Use make_communicator() and make_communicators().
std::unique_ptr<Communicator> make_mpi_communicator();
Communicators make_mpi_communicators(int team_size);

}  // namespace dovetail
