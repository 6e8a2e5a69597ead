// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  return best_probe(context, "race_score", true, "validation score");
}

}  // namespace

namespace selector {

Selector racing() {
  return {"racing", "Maron and Moore 1994, Hoeffding races",
          "the best after a short tuning on a few examples, by validation score", false, choose};
}

}  // namespace selector

}  // namespace dovetail
