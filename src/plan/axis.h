// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace dovetail {

// A sweep may do without "adaptation": models are then tuned as they are.
inline constexpr std::array<const char*, 7> kAxes = {"objective", "adaptation", "task", "template",
                                                     "tuning",    "train_size", "seed"};

enum AxisIndex : size_t { kObjective, kAdaptation, kTask, kTemplate, kTuning, kTrainSize, kSeed };

// What selectors know of a value of an axis, whatever it is called.
struct AxisTraits {
  int fills = 0;  // +1: asks for what stands behind a sentinel; -1: for what follows; 0: both,
                  // neither, unknown
  bool says_relation = false;  // a template: with the relation's phrase, or the question's
  std::string
      form;  // a template: its parts but for sentinels; a masked one and its unmasked one share it
};

}  // namespace dovetail
