// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/cbor_cursor.h"
#include "plan/record.h"

namespace dovetail {

// What the state of a sweep needs of a record: all but the results.
struct RecordSummary {
  std::string key;           // empty in RecordSummaries, which have it
  std::string name, reason;  // of a record that has not finished
  RunStatus status = RunStatus::finished;
  int64_t attempt = 1;
  double wall_seconds = 0;
  std::string worker;                       // host and rank; "" where the record does not say
  std::vector<std::string> last_log_lines;  // of the rank that a crashed job died on
};
using RecordSummaries = std::unordered_map<std::string, RecordSummary>;  // by key

RecordSummary summary_of(const Record& record);
// Of a record's CBOR, without reading the rest. DataError for bytes that are no record.
RecordSummary summary_of(std::string_view cbor);

// A summary as a row of values, and back from that row's CBOR. DataError for bytes that are none.
Json row_of(const RecordSummary& summary);
RecordSummary summary_from_row(CborCursor& row);

// Of all records in a results folder, each key with the record that read_journal() keeps. Takes no
// lock. DataError for a journal of another version.
RecordSummaries read_summaries(const std::filesystem::path& results_folder);

}  // namespace dovetail
