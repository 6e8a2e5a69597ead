// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/foreign_json.h"

namespace dovetail {

// The declarations of every file of other programs: a room that reads a new one adds it here.
std::vector<const ForeignFile*> foreign_files();

// The declarations as Markdown, a table for each file; docs/models.md holds it.
std::string foreign_keys_markdown();

}  // namespace dovetail
