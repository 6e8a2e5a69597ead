// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  return best_probe(context, "probe_template_loss", false, "nats per input token");
}

}  // namespace

namespace selector {

Selector template_perplexity() {
  return {"template_perplexity",
          "Gonen et al. 2023, Demystifying prompts in language models via perplexity estimation",
          "the objective and template whose rendered input the untuned model finds likeliest",
          false, choose};
}

}  // namespace selector

}  // namespace dovetail
