// SPDX-License-Identifier: Apache-2.0
#include "driver/rank_state.h"

#include <stdexcept>

namespace dovetail {

std::string to_string(RankState state) {
  switch (state) {
    case RankState::starting: return "starting";
    case RankState::idle: return "idle";
    case RankState::busy: return "busy";
    case RankState::stopping: return "stopped";
    case RankState::left: return "left";
  }
  throw std::logic_error("a rank state outside its enumeration");
}

}  // namespace dovetail
