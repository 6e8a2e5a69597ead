// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// Checks of a whole sweep file: each value of an axis must have its inputs. They throw ConfigError
// with the place in the file.
namespace dovetail {

// A text to pre-train on, a text for the vocabulary, a shape of the model, which the objective must
// suit.
void check_objectives(const TomlTable& root, const Sweep& sweep, const Entries& objectives);

// Sentences, triples or a text; labels of [select] adaptations.
// The labels that transfer of [evaluate] names must be on the axis task.
void check_transfer(const TomlTable& root, const Sweep& sweep);
void check_adaptations(const TomlTable& root, const Sweep& sweep);

}  // namespace dovetail
