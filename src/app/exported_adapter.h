// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plan/job.h"

namespace dovetail {

// Where --with-base puts the base, below the adapter.
inline constexpr const char* kBaseFolder = "base";

// Names the base of a copied adapter in its adapter_config.json: the folder that it was tuned on,
// or with_base, which is written here. `folder` is going to be `to`. Returns what a user must know,
// in sentences. Throws ConfigError for a soft prompt whose places an earlier version did not note.
std::vector<std::string> finish_adapter(const Job& job, const std::filesystem::path& store,
                                        bool with_base, const std::filesystem::path& to,
                                        const std::filesystem::path& folder);

// Writes one whole model into `folder`: the base of the job's cell with the kept adapter in its
// weights, and the vocabulary. ConfigError for an adapter that no weights can hold.
void write_merged(const Job& job, const std::filesystem::path& store,
                  const std::filesystem::path& adapter, const std::filesystem::path& folder);

}  // namespace dovetail
