// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace dovetail {

// A config.json with the sizes of its network under the names that published ones have: d_model and
// not hidden_size of a T5, n_embd of a GPT-2. transformers knows them under two names, and where
// both are given the other one wins. A Llama's have one name.
nlohmann::json with_published_names(nlohmann::json config);

}  // namespace dovetail
