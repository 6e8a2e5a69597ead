// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "comm/communicator.h"

namespace dovetail::testing_mpi {

// The communicator of this test program: there can be one only.
Communicator& world();

// The next message of a test, whatever other ranks do meanwhile. Waits a minute at most.
Message next_message();

// The same without waiting.
std::optional<Message> poll_message();

// Waits for all ranks, a minute at most; throws std::runtime_error then, or when a message of a
// test is still on its way. Between two tests, so that none reads the other's messages.
void meet();

}  // namespace dovetail::testing_mpi
