// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "store/journal_segments.h"
#include "store/record_summary.h"

// The summaries of a sealed segment's records, in a file beside it (segment-0001.summary), so that
// `dovetail status` need not read the records themselves. The file is derived: it names the segment
// that it was made of, and where it is missing, damaged or of another segment, the segment is read.
namespace dovetail {

// Of all records in a file of the journal, in their order. DataError for a journal of another
// version.
std::vector<RecordSummary> summaries_of_file(const JournalFile& file);

// Writes the summaries of a sealed segment, unless they are there. For the journal's writer. A
// failure is logged and no error.
void keep_segment_summary(const JournalFile& sealed);

}  // namespace dovetail
