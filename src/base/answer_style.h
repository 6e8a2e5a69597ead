// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// How an objective, an adaptation or a template asks for its answer: at a sentinel (infill), after
// the end of the text (continuation), or in both ways or none that is known (mixed). It is here
// because objectives, templates and plans share it and know nothing of each other.
enum class AnswerStyle { infill, continuation, mixed };

}  // namespace dovetail
