// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

// The table [adapt] and the values of the axis adaptation.
namespace dovetail {

// Reads [adapt] into Sweep::adapt and the members of Sweep that begin with adapt_.
void read_adapt(const toml::node& node, Sweep& sweep, const Entries& optimizers);

// "lm", or { name = "lm", split = "random", label = "lm_random_split" } over the settings of
// [adapt].
AdaptSettings read_adaptation(const toml::node& node, const Sweep& sweep,
                              const Entries& optimizers);

// The value that an adaptation is made after; null for one that is made of the base.
const AxisValue* adaptation_before(const Sweep& sweep, const AxisValue& adaptation);

// Whether a value needs sentences, a task's pool of unlabelled examples, labels that a tuned cell
// gives to it, and the models that are trained on a graph of triples.
bool needs_sentences(const AdaptSettings& adapt);
bool needs_pool(const AdaptSettings& adapt);
bool needs_labels(const AdaptSettings& adapt);
bool needs_splitter(const AdaptSettings& adapt);
bool needs_classifier(const AdaptSettings& adapt);

}  // namespace dovetail
