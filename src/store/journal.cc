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
#include "store/journal_file.h"
#include "store/journal_frames.h"
#include "store/share_journals.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

fs::path data_file(const fs::path& journal_folder) { return journal_folder / "journal.bin"; }

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

// Removes the bad parts from the journal. They are on disk under another name first, and the
// journal is replaced as a whole or only shortened, so a crash here loses no frame.
fs::path cut_out(const fs::path& journal_folder, std::string_view bytes, const FrameScan& scan) {
  const fs::path saved = next_cut_file(journal_folder);
  write_file_atomically(saved, bytes.substr(scan.first_bad));
  const bool only_tail = scan.frames.empty() || scan.frames.back().end <= scan.first_bad;
  if (only_tail) {
    fs::resize_file(data_file(journal_folder), scan.first_bad);
    sync_path(data_file(journal_folder));
    return saved;
  }
  std::string kept;
  for (const Frame& frame : scan.frames) kept += bytes.substr(frame.begin, frame.end - frame.begin);
  write_file_atomically(data_file(journal_folder), kept);
  return saved;
}

std::string time_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(now));
}

void replay_own(const fs::path& journal_folder, Replay& replay) {
  const fs::path file = data_file(journal_folder);
  if (!fs::exists(file)) return;
  // Not mapped: a writer that starts later may cut the file, and a missing page would raise SIGBUS.
  const std::string bytes = read_whole(file);
  replay.add(scan_frames(bytes), file.string());
}

Replay replay_of(const fs::path& results_folder) {
  Replay replay;
  replay_own(results_folder / "journal", replay);
  ShareJournals(results_folder / "journal", "").read_new(replay);
  return replay;
}

}  // namespace

struct Journal::State {
  explicit State(const fs::path& results_folder)
      : folder(made_folder(results_folder)),
        lock(folder / "lock", results_folder),
        others(folder, "") {
    replay_file();
    others.read_new(replay);
    file.emplace(data_file(folder));
  }

  State(const fs::path& results_folder, OfNewShare)
      : folder(made_folder(results_folder)),
        lock(folder / "lock", results_folder, JournalLock::Kind::shared),
        share(make_share_folder(folder)),
        share_lock(std::in_place, folder / share / "lock", results_folder),
        others(folder, share) {
    replay_own(folder, replay);
    others.read_new(replay);
    folder /= share;
    file.emplace(data_file(folder));
  }

  void replay_file() {
    if (!fs::exists(data_file(folder))) return;
    const MappedFile mapped(data_file(folder));
    const FrameScan scan = scan_frames(mapped.bytes());
    replay.add(scan, data_file(folder).string());
    bytes_cut = static_cast<int64_t>(scan.bytes_bad);
    bytes_kept = static_cast<int64_t>(mapped.bytes().size()) - bytes_cut;
    if (bytes_cut > 0) cut_file = cut_out(folder, mapped.bytes(), scan);
  }

  void write(std::string_view frames, const std::string& what, bool durable) {
    try {
      file->append(frames, durable);
    } catch (const SystemError& error) {
      throw_<MachineFailure>(
          "cannot write {} to {}: {}. The {} records before it are safe on disk; what ran since "
          "will run again",
          what, data_file(folder).string(), error.what(), replay.records().size());
    }
  }

  fs::path folder;
  JournalLock lock;
  std::string share;
  std::optional<JournalLock> share_lock;  // shows `dovetail status` that the share lives
  ShareJournals others;
  Replay replay;
  std::optional<AppendFile> file;
  int64_t bytes_cut = 0;
  int64_t bytes_kept = 0;
  fs::path cut_file;
};

Journal::Journal(const fs::path& folder) : state_(std::make_unique<State>(folder)) {}
Journal::Journal(const fs::path& folder, OfNewShare share)
    : state_(std::make_unique<State>(folder, share)) {}
Journal::~Journal() = default;

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
    const Registration made{claim.name, hash, time_now(), std::ssize(known.records)};
    state_->write(frame_bytes(FrameType::claim, Json(made).dump()),
                  fmt::format("the claim {}", claim.name), true);
    state_->replay.add_claim(made);
  }
}

const std::map<std::string, Record>& Journal::records() const { return state_->replay.records(); }
int Journal::unclean_ends(const std::string& key) const { return state_->replay.open_begins(key); }
int64_t Journal::bytes_cut() const { return state_->bytes_cut; }
int64_t Journal::bytes_kept() const { return state_->bytes_kept; }
std::string Journal::cut_file() const { return state_->cut_file.string(); }

std::map<std::string, Record> read_journal(const fs::path& folder) {
  return replay_of(folder).take_records();
}

Registrations read_registrations(const fs::path& folder) {
  return replay_of(folder).registrations();
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
