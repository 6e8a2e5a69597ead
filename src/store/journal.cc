// SPDX-License-Identifier: Apache-2.0
#include "store/journal.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/machine_failure.h"
#include "base/names.h"
#include "store/journal_compaction.h"
#include "store/journal_file.h"
#include "store/journal_frames.h"
#include "store/journal_segments.h"
#include "store/segment_summary.h"
#include "store/share_journals.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

fs::path made_folder(const fs::path& results_folder) {
  const fs::path folder = results_folder / "journal";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw_<MachineFailure>(
        "cannot make the folder {}: {}. Name a folder that can be written with --out",
        folder.string(), error.message());
  }
  return folder;
}

// The first free name of cut-1.bin, cut-2.bin, ...
fs::path next_cut_file(const fs::path& journal_folder) {
  for (int number = 1;; ++number) {
    const fs::path file = journal_folder / fmt::format("cut-{}.bin", number);
    if (!fs::exists(file)) return file;
  }
}

// Removes the bad parts from a file of the journal. They are on disk under another name first, and
// the file is replaced as a whole or, if it is the open one, shortened, so a crash here loses no
// frame.
fs::path cut_out(const JournalFile& file, std::string_view bytes, const FrameScan& scan) {
  const fs::path saved = next_cut_file(file.path.parent_path());
  write_file_atomically(saved, bytes.substr(scan.first_bad));
  const bool only_tail = scan.frames.empty() || scan.frames.back().end <= scan.first_bad;
  if (only_tail && !file.sealed) {
    fs::resize_file(file.path, scan.first_bad);
    sync_path(file.path);
    return saved;
  }
  std::string kept;
  for (const Frame& frame : scan.frames) kept += bytes.substr(frame.begin, frame.end - frame.begin);
  write_file_atomically(file.path, kept);
  return saved;
}

std::string time_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(now));
}

Replay replay_of(const std::vector<JournalFile>& files) {
  Replay replay;
  for (const JournalFile& file : files) {
    const JournalBytes bytes(file);
    replay.add(scan_journal(bytes.bytes(), file.path), file.path.string());
  }
  return replay;
}

std::vector<JournalFile> own_files(const fs::path& journal_folder) {
  std::vector<JournalFile> files = sealed_segments(journal_folder);
  files.push_back({open_segment(journal_folder), false});
  return files;
}

}  // namespace

struct Journal::State {
  State(const fs::path& results_folder, int64_t segment_bytes)
      : folder(made_folder(results_folder)),
        lock(folder / "lock", results_folder),
        others(folder, ""),
        segment_bytes(segment_bytes) {
    for (const JournalFile& own : own_files(folder)) replay_and_mend(own);
    compact_journal(folder);
    for (const JournalFile& sealed : sealed_segments(folder)) keep_segment_summary(sealed);
    others.read_new(replay);
    file.emplace(open_segment(folder));
  }

  State(const fs::path& results_folder, OfNewShare)
      : folder(made_folder(results_folder)),
        lock(folder / "lock", results_folder, JournalLock::Kind::shared),
        share(make_share_folder(folder)),
        share_lock(std::in_place, folder / share / "lock", results_folder),
        others(folder, share),
        replay(replay_of(own_files(folder))) {
    others.read_new(replay);
    folder /= share;
    file.emplace(open_segment(folder));
  }

  void replay_and_mend(const JournalFile& own) {
    if (!fs::exists(own.path)) return;
    const MappedFile mapped(own.path);
    const FrameScan scan = scan_journal(mapped.bytes(), own.path);
    replay.add(scan, own.path.string());
    const auto bad = static_cast<int64_t>(scan.bytes_bad);
    bytes_cut += bad;
    bytes_kept += static_cast<int64_t>(mapped.bytes().size()) - bad;
    if (bad > 0) cut_file = cut_out(own, mapped.bytes(), scan);
  }

  void write(std::string_view frames, const std::string& what, bool durable) {
    if (guard) guard();
    try {
      if (!file) file.emplace(open_segment(folder));  // beginning a segment has failed before
      if (segment_bytes > 0 && file->size() >= segment_bytes) begin_segment();
      file->append(frames, durable);
    } catch (const SystemError& error) {
      throw_<MachineFailure>(
          "cannot write {} to {}: {}. The {} records before it are safe on disk; what ran since "
          "will run again",
          what, open_segment(folder).string(), error.what(), replay.records().size());
    }
  }

  void begin_segment() {
    keep_segment_summary(seal_segment(folder));
    file.emplace(open_segment(folder));
  }

  fs::path folder;
  JournalLock lock;
  std::string share;
  std::optional<JournalLock> share_lock;  // shows `dovetail status` that the share lives
  ShareJournals others;
  int64_t segment_bytes = 0;  // 0: a share's journal is one segment
  Replay replay;
  std::optional<AppendFile> file;
  int64_t bytes_cut = 0;
  int64_t bytes_kept = 0;
  fs::path cut_file;
  std::function<void()> guard;
};

Journal::Journal(const fs::path& folder, int64_t segment_bytes)
    : state_(std::make_unique<State>(folder, segment_bytes)) {}
Journal::Journal(const fs::path& folder, OfNewShare share)
    : state_(std::make_unique<State>(folder, share)) {}
Journal::~Journal() = default;

void Journal::set_guard(std::function<void()> guard) { state_->guard = std::move(guard); }

const std::string& Journal::share() const { return state_->share; }

std::vector<Record> Journal::read_others() {
  std::vector<Record> records;
  for (const std::string& key : state_->others.read_new(state_->replay)) {
    records.push_back(state_->replay.records().at(key));
  }
  return records;
}

void Journal::append(const Record& record) { append(std::vector{&record}); }

void Journal::append(const std::vector<const Record*>& records) {
  if (records.empty()) return;
  std::string frames;
  for (const Record* record : records) {
    const std::vector<uint8_t> bytes = to_bytes(*record);
    frames +=
        frame_bytes(FrameType::record, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  const std::string others =
      records.size() > 1 ? fmt::format(" and {} more", records.size() - 1) : "";
  state_->write(frames, fmt::format("the record of {}{}", records[0]->name, others), true);
  for (const Record* record : records) state_->replay.add_record(*record);
}

void Journal::note_begin(const std::string& key) {
  state_->write(frame_bytes(FrameType::begin, key), fmt::format("the begin of job {}", key), false);
  state_->replay.add_begin(key);
}

void Journal::note_release(const std::string& key) {
  state_->write(frame_bytes(FrameType::release, key), fmt::format("the release of job {}", key),
                false);
  state_->replay.add_release(key);
}

void Journal::register_claims(const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    const Registrations& known = state_->replay.registrations();
    const std::string hash = registration_hash(claim);
    const bool is_known = std::ranges::any_of(
        known.claims, [&](const Registration& other) { return other.hash == hash; });
    if (is_known) continue;
    append(Registration{claim.name, hash, time_now(), std::ssize(known.records)});
  }
}

void Journal::append(const Registration& registration) {
  state_->write(frame_bytes(FrameType::claim, Json(registration).dump()),
                fmt::format("the claim {}", registration.name), true);
  state_->replay.add_claim(registration);
}

const std::map<std::string, Record>& Journal::records() const { return state_->replay.records(); }
int Journal::unclean_ends(const std::string& key) const { return state_->replay.open_begins(key); }
int64_t Journal::bytes_cut() const { return state_->bytes_cut; }
int64_t Journal::bytes_kept() const { return state_->bytes_kept; }
std::string Journal::cut_file() const { return state_->cut_file.string(); }

JournalContent read_journal_content(const fs::path& folder) {
  Replay replay = of_unchanged_journal(folder / "journal", replay_of);
  return {replay.take_records(), replay.take_registrations()};
}

std::map<std::string, Record> read_journal(const fs::path& folder) {
  return read_journal_content(folder).records;
}

Registrations read_registrations(const fs::path& folder) {
  return read_journal_content(folder).registrations;
}

std::string journal_holder(const fs::path& folder) {
  const std::string sole = JournalLock::holder(folder / "journal" / "lock");
  if (!sole.empty()) return sole;
  std::vector<std::string> processes;
  for (const std::string& share : running_shares(folder)) {
    processes.push_back(JournalLock::holder(folder / "journal" / share / "lock"));
  }
  if (processes.empty()) return "";
  return fmt::format("{} ({})", counted(std::ssize(processes), "share"), join(processes, ", "));
}

std::vector<std::string> running_shares(const fs::path& folder) {
  std::vector<std::string> shares = share_names(folder / "journal");
  std::erase_if(shares, [&](const std::string& share) {
    return JournalLock::holder(folder / "journal" / share / "lock").empty();
  });
  return shares;
}

}  // namespace dovetail
