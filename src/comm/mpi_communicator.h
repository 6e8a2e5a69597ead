// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "comm/communicator.h"

namespace dovetail {

// Use make_communicator().
std::unique_ptr<Communicator> make_mpi_communicator();

}  // namespace dovetail
