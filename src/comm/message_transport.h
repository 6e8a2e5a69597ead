// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "comm/all_reduce_transport.h"

namespace dovetail {

// Sends chunks as messages, over any network that MPI reaches. `ranks` must outlive the transport.
std::unique_ptr<AllReduceTransport> make_message_transport(Communicator& ranks);

}  // namespace dovetail
