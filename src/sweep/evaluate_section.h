// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// [evaluate] and [select]: the metrics and decodings of all cells, and the selectors' probes.
namespace dovetail {

EvaluateSettings read_evaluate(const toml::node& node, const Catalogues& catalogues);
// Its keys text_loss and transfer.
void read_side_losses(const toml::node& node, Sweep& sweep);
SelectSettings read_select(const toml::node& node);

// The names in a record: the metrics, then METRIC@LABEL for each further decoding.
std::vector<std::string> under_all_decodings(const std::vector<std::string>& metrics,
                                             const EvaluateSettings& evaluate);

}  // namespace dovetail
