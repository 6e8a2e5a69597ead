// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stepgame/offset.h"

namespace dovetail {

// What a sentence says: `agent` is at `offset` (signs alone) from `from`.
struct Statement {
  char agent = 0, from = 0;
  Offset offset;

  bool operator==(const Statement&) const = default;
};

}  // namespace dovetail
