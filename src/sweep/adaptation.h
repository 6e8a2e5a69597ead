// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sections.h"

// The table [adapt] and the values of the axis adaptation.
namespace dovetail {

inline const std::vector<std::string> kAdaptations = {"none", "lm", "denoising", "mixed",
                                                      "continued"};

// Into Sweep::adapt, adapt_text and adapt_graph.
void read_adapt(const toml::node& node, Sweep& sweep, const Entries& optimizers);

// "lm", or { name = "lm", split = "random", label = "lm_random_split" } over what [adapt] says.
AdaptSettings read_adaptation(const toml::node& node, const Sweep& sweep,
                              const Entries& optimizers);

// Whether a value needs sentences, and whether it needs models that a graph of triples has taught.
bool needs_sentences(const AdaptSettings& adapt);
bool needs_splitter(const AdaptSettings& adapt);
bool needs_classifier(const AdaptSettings& adapt);

}  // namespace dovetail
