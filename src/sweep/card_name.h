// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dovetail {

// Whether a task's name is that of a data set card: CARD.toml, or CARD.toml#PART for a part of it
// (cards/card.h).
bool names_card(const std::string& given);

// The label of a card: lm_bff_sst2.seed21 for "lm_bff_sst2.toml#split_seed=21", atomic2020.xNeed
// for "atomic2020.toml#xNeed".
std::string card_label(const std::string& given);

}  // namespace dovetail
