// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/answer_style.h"
#include "plan/json.h"

namespace dovetail {

// The axes of a sweep. "adaptation" may be left out: models are then tuned as they are.
inline constexpr std::array<const char*, 7> kAxes = {"objective", "adaptation", "task", "template",
                                                     "tuning",    "train_size", "seed"};

enum AxisIndex : size_t { kObjective, kAdaptation, kTask, kTemplate, kTuning, kTrainSize, kSeed };

// The properties of a value of an axis that selectors decide by, whatever its label is.
struct AxisTraits {
  AnswerStyle answer_style = AnswerStyle::mixed;
  bool says_relation = false;  // a template: states the relation's phrase, or the question
  std::string form;            // a template: its parts without sentinels; a masked template and
                               // its unmasked twin share it
};

// "infill", "continuation", "mixed".
std::string to_string(AnswerStyle style);
AnswerStyle answer_style_from(const std::string& name);  // DataError for any other name

void to_json(Json& json, const AxisTraits& traits);
void from_json(const Json& json, AxisTraits& traits);

}  // namespace dovetail
