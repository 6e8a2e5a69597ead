// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "metrics/coverage.h"

namespace dovetail {

// What a person should know of metrics that cannot read all of a set's references: a sentence for
// each way of finding words, with the metrics among `names` that have it. `examples` names what is
// counted: "test examples". Empty for a set that all of them read.
std::vector<std::string> missing_notes(const std::vector<std::string>& names,
                                       const SetLetters& references, const std::string& examples);

// The first metric of the catalogue that decides about free text and may decide about this set.
std::string readable_decider(const SetLetters& references);

}  // namespace dovetail
