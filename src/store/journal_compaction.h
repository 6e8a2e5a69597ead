// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace dovetail {

// Rewrites the sealed segments of which more than half of the bytes say nothing any more: records
// of failures that were made good, records that came twice, begins of jobs that have ended. A
// segment keeps its name and the order of its frames, and is replaced as a whole, so readers
// without a lock and a death at any time are harmless, and a replay gives what it gave before.
// Returns the number of bytes freed. For the holder of the journal's sole lock. Throws DataError
// for a journal of another version, SystemError, MachineFailure.
int64_t compact_journal(const std::filesystem::path& journal_folder);

}  // namespace dovetail
