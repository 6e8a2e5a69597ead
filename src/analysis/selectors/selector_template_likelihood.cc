// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  return best_probe(context, "probe_loss", false, "nats per answer token");
}

}  // namespace

namespace selector {

Selector template_likelihood() {
  return {"template_likelihood", "Perplexity of the answer",
          "the objective and template under which the untuned model finds the answers likeliest",
          false, choose};
}

}  // namespace selector

}  // namespace dovetail
