// SPDX-License-Identifier: Apache-2.0
#include "driver/driver.h"

#include "base/error.h"
#include "driver/coordinator.h"
#include "driver/worker.h"

namespace dovetail {

RunSummary coordinate(Communicator& communicator, const Plan& plan, Journal& journal,
                      const RunGroup& run_group, const DriverOptions& options) {
  DOVETAIL_CHECK_EQ(communicator.rank(), 0);
  return Coordinator(communicator, plan, journal, run_group, options).run();
}

void work(Communicator& communicator, const RunGroup& run_group) {
  DOVETAIL_CHECK(communicator.rank() != 0);
  Worker(communicator, run_group).run();
}

}  // namespace dovetail
