// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cards/card.h"
#include "cards/card_load.h"
#include "examples/pool.h"

namespace dovetail {

// The keys of a card's table [pool]: the files of unlabelled examples, and how they are written
// where that differs from the card's own files.
const std::vector<std::string>& card_pool_keys();

// The unlabelled examples of a card. Its pool is read only when somebody asks for it, so the other
// cells of the task do not depend on it. ConfigError for a card without one, and for a missing
// file; DataError FILE:LINE for examples that the test has too, unless the card drops them.
Pool load_card_pool(const std::string& name);

// Reads the pool of a card that has one into the report of its data; notes one that is missing.
void examine_card_pool(const std::string& name, LoadedCard& loaded);

// A pool from a file: a text a line, the two texts of a pair with a tab between them. DataError
// FILE:LINE for a line that a task of pairs cannot use, and for a text that the test has too.
Pool read_pool_lines(const std::filesystem::path& file, const TaskData& task);

}  // namespace dovetail
