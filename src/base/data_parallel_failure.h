// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace dovetail {

// Another member of a data-parallel group has failed, so that the work they share cannot finish. It
// is here because comm throws it and training catches it, and neither knows the other. Exit code 1.
class DataParallelFailure : public SystemError {
  using SystemError::SystemError;
};

}  // namespace dovetail
