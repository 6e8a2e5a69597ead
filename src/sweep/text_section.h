// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// [text]: the corpus, names or text files made absolute, and the vocabulary, into `sweep`.
void read_text_section(const toml::node& node, const Catalogues& catalogues, Sweep& sweep);

}  // namespace dovetail
