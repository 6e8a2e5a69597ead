// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/selectors/selectors.h"

// The rules of selectors.inc that need code of their own. selector::NAME is in selector_NAME.cc.
namespace dovetail::selector {

Selection always_mapping(const SelectorContext& context);
Selection embedding_neighbours(const SelectorContext& context);
// Maskability Index by a depth rank, probe_depth_rank or probe_depth_rank_min.
Selection maskability(const SelectorContext& context, const std::string& depth_rank);
Selection relation_classifier(const SelectorContext& context);
// The conventional objective under the template mapping, which is what T5 itself would do.
Selection t5_default(const SelectorContext& context);
Selection temp_flex(const SelectorContext& context);
Selection temp_len(const SelectorContext& context);

}  // namespace dovetail::selector
