// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace dovetail {

// Another member of a team has ended what all were doing together. Exit code 1.
class TeamFailure : public SystemError {
  using SystemError::SystemError;
};

}  // namespace dovetail
