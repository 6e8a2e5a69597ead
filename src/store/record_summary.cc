// SPDX-License-Identifier: Apache-2.0
#include "store/record_summary.h"

#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "store/journal_segments.h"
#include "store/segment_summary.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

RunStatus status_named(std::string_view name) {
  for (const RunStatus status : {RunStatus::finished, RunStatus::failed, RunStatus::crashed}) {
    if (name == to_string(status)) return status;
  }
  throw_<DataError>("unknown status \"{}\" of a record", name);
}

void add_lines(CborCursor& list, std::vector<std::string>& lines) {
  list.for_each_element([&](CborCursor& line) { lines.emplace_back(line.text()); });
}

void read_crash(CborCursor& crash, RecordSummary& summary) {
  crash.for_each_member([&](std::string_view key, CborCursor& value) {
    if (key == "log") add_lines(value, summary.last_log_lines);
  });
}

void read_provenance(CborCursor& provenance, RecordSummary& summary) {
  std::string_view host, rank;
  provenance.for_each_member([&](std::string_view key, CborCursor& value) {
    if (key == "host") host = value.bytes_of_item();
    if (key == "rank") rank = value.bytes_of_item();
    if (key == "crash") read_crash(value, summary);
  });
  if (!rank.empty()) summary.worker = std::string(host) + std::string(rank);
}

double wall_seconds_of(CborCursor& cost) {
  double seconds = 0;
  cost.for_each_member([&](std::string_view key, CborCursor& value) {
    if (key == "wall_seconds") seconds = value.number();
  });
  return seconds;
}

// As Replay::add_record() has it.
void keep_summary(RecordSummaries& all, RecordSummary summary) {
  const auto [known, is_new] = all.try_emplace(std::move(summary.key));
  if (is_new || known->second.status != RunStatus::finished) known->second = std::move(summary);
}

}  // namespace

RecordSummary summary_of(const Record& record) {
  Record without_results;
  without_results.key = record.key;
  without_results.name = record.name;
  without_results.status = record.status;
  without_results.reason = record.reason;
  without_results.attempt = record.attempt;
  without_results.cost = record.cost;
  without_results.provenance = record.provenance;
  const std::vector<uint8_t> bytes = to_bytes(without_results);
  return summary_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

RecordSummary summary_of(std::string_view cbor) {
  RecordSummary summary;
  std::string_view name, reason;
  CborCursor(cbor).for_each_member([&](std::string_view key, CborCursor& value) {
    if (key == "key") summary.key = value.text();
    if (key == "name") name = value.text();
    if (key == "reason") reason = value.text();
    if (key == "status") summary.status = status_named(value.text());
    if (key == "attempt") summary.attempt = value.whole_number();
    if (key == "cost") summary.wall_seconds = wall_seconds_of(value);
    if (key == "provenance") read_provenance(value, summary);
  });
  if (summary.key.empty()) throw_<DataError>("{} bytes that are no record", cbor.size());
  if (summary.status != RunStatus::finished) {
    summary.name = name;
    summary.reason = reason;
  }
  return summary;
}

Json row_of(const RecordSummary& summary) {
  return Json::array({summary.key, to_string(summary.status), summary.attempt, summary.wall_seconds,
                      summary.worker, summary.name, summary.reason, summary.last_log_lines});
}

RecordSummary summary_from_row(CborCursor& row) {
  RecordSummary summary;
  size_t column = 0;
  row.for_each_element([&](CborCursor& value) {
    switch (column++) {
      case 0: summary.key = value.text(); break;
      case 1: summary.status = status_named(value.text()); break;
      case 2: summary.attempt = value.whole_number(); break;
      case 3: summary.wall_seconds = value.number(); break;
      case 4: summary.worker = value.text(); break;
      case 5: summary.name = value.text(); break;
      case 6: summary.reason = value.text(); break;
      case 7: add_lines(value, summary.last_log_lines); break;
      default: break;
    }
  });
  if (column != 8) throw_<DataError>("expected 8 values of a record, and found {}", column);
  return summary;
}

RecordSummaries read_summaries(const fs::path& results_folder) {
  using Files = std::vector<JournalFile>;
  return of_unchanged_journal(results_folder / "journal", [](const Files& files) {
    std::vector<std::vector<RecordSummary>> found(files.size());
    parallel_for(std::ssize(files), 1, [&](int64_t i) { found[i] = summaries_of_file(files[i]); });
    RecordSummaries all;
    size_t num_records = 0;
    for (const auto& summaries : found) num_records += summaries.size();
    all.reserve(num_records);
    for (auto& summaries : found) {
      for (RecordSummary& summary : summaries) keep_summary(all, std::move(summary));
    }
    return all;
  });
}

}  // namespace dovetail
