// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  return choose_by_maskability(context, "probe_depth_rank_min");
}

}  // namespace

namespace selector {

Selector maskability_min() {
  return {"maskability_min", "Maskability Index manuscript (Pouramini), its code",
          "the same with the least depth rank over an example's references", false, choose};
}

}  // namespace selector

}  // namespace dovetail
