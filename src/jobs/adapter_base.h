// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "model/t5.h"
#include "text/vocabulary.h"

namespace dovetail {

// The file beside an adapter of ours that says what model it was tuned on.
inline constexpr const char* kAdapterBaseFile = "dovetail_base.json";

// Notes the model that an adapter in `folder` was tuned on, and its vocabulary.
void write_adapter_base(const std::filesystem::path& folder, const T5Model& model,
                        const Vocabulary& vocabulary);

// Checks that an adapter belongs to the model of a folder; adapters without that note belong to
// any. Throws ConfigError that names both for another width, number of ids or tokenizer. Notes
// other weights in the log, as rounded ones may be meant.
void check_adapter_base(const std::filesystem::path& adapter,
                        const std::filesystem::path& model_folder, const T5Model& model);

}  // namespace dovetail
