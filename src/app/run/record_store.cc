// SPDX-License-Identifier: Apache-2.0
#include "app/run/record_store.h"

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

bool leaves_artefact(const Job& job) {
  if (const TuneJob* tune = std::get_if<TuneJob>(&job.settings))
    return tune->tune.keep_model || tune->labelling;
  return job.kind != JobKind::baseline && job.kind != JobKind::probe;
}

// Whether a record has lost its artefact, which somebody may remove to save space. Such a record is
// of no use, and its folder would keep the artefact from being published again, so this removes it.
bool removed_orphan(const fs::path& record_file) {
  if (std::distance(fs::directory_iterator(record_file.parent_path()), {}) > 1) return false;
  fs::remove_all(record_file.parent_path());
  return true;
}

}  // namespace

std::optional<Record> RecordStore::find(const Job& job) const {
  const fs::path file = file_of(job.key);
  if (!fs::exists(file)) return std::nullopt;
  try {
    if (leaves_artefact(job) && removed_orphan(file)) return std::nullopt;
    const MappedFile mapped(file);
    const std::string_view bytes = mapped.bytes();
    Record record = record_from_bytes(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    if (record.key != job.key || record.status != RunStatus::finished) return std::nullopt;
    record.name = job.name;
    return record;
  } catch (const std::exception& error) {
    log_warning("{} cannot be used, so its job will run again: {}", file.string(), error.what());
    return std::nullopt;
  }
}

void RecordStore::save(const Record& record) const {
  if (record.status != RunStatus::finished) return;
  const fs::path file = file_of(record.key);
  if (fs::exists(file)) return;
  make_folders(file.parent_path());
  const std::vector<uint8_t> bytes = to_bytes(record);
  write_file_atomically(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void RecordStore::save_finished(const Plan& plan, const Journal& journal,
                                const std::set<std::string>& but_for) const {
  for (const Job& job : plan.jobs) {
    if (but_for.contains(job.key)) continue;
    const auto known = journal.records().find(job.key);
    if (known != journal.records().end()) save(known->second);
  }
}

void RecordStore::load_and_append(const Plan& plan, Journal& journal) const {
  for (const Job& job : plan.jobs) {
    const auto known = journal.records().find(job.key);
    if (known != journal.records().end() && known->second.status == RunStatus::finished) continue;
    if (const std::optional<Record> record = find(job)) journal.append(*record);
  }
}

}  // namespace dovetail
