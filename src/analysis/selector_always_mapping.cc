// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext&) {
  Selection selection;
  selection.choice.template_name = "mapping";
  selection.reason = "always";
  return selection;
}

}  // namespace

namespace selector {

Selector always_mapping() { return {"always_mapping", "The conventional choice", "always the template mapping; objective left to chance", true, choose}; }

}  // namespace selector

}  // namespace dovetail
