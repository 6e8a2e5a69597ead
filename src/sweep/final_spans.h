// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/data_inspector.h"

namespace dovetail {

// What to know of an objective whose rows mostly have one span of noise, the end of the text,
// though it would have others in long rows: a sentence, or "".
std::string final_span_note(const PretrainJob& job, const PretrainEstimate& estimate);

}  // namespace dovetail
