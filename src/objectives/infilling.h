// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "objectives/objective.h"

// BART's text infilling (Lewis et al. 2020, sec. 2.2), of tokens or of whole words.
namespace dovetail {

Parameter mask_ratio_parameter(const std::string& of_what);
Parameter poisson_lambda_parameter();

struct InfillSettings {
  double mask_ratio = 0;      // of the units
  double poisson_lambda = 0;  // mean units of a span
  double random_share = 0;    // of the masks that become a random token
};

// The text in the order in which inputs have it, and where in it each unit begins: a token, or a
// word. At least two units, the first of which begins at 0.
struct InfillUnits {
  std::span<const int64_t> order;   // places in the text
  std::span<const int64_t> begins;  // places in `order`
};

// Spans of units, of Poisson lengths, become one mask each; a span of none inserts a mask. Targets
// are the whole text. All arrangements of kept units and spans are equally likely. `objective`
// names it in errors.
Denoised infill(const std::string& objective, std::span<const int32_t> tokens,
                const InfillUnits& units, const Symbols& symbols, const InfillSettings& settings,
                Rng& rng);

}  // namespace dovetail
