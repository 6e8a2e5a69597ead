// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "templates/template.h"

namespace dovetail {

// The tokens that a prompt slot stands for. `position` counts the tokens that are numbered through
// the source; it begins at 0.
std::vector<SoftToken> tokens_of_slot(const BoundTemplate& form, const TemplateShape& shape,
                                      const RelationWords& relation, Slot slot, int64_t& position);

}  // namespace dovetail
