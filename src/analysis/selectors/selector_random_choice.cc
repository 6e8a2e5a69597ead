// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext&) {
  Selection selection;
  selection.reason = "the mean over all cells";
  return selection;
}

}  // namespace

namespace selector {

Selector random_choice() {
  return {"random_choice", "Chance", "any of the cells, each as likely: the mean over all of them",
          true, choose};
}

}  // namespace selector

}  // namespace dovetail
