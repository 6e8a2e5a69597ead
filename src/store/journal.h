// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/record.h"
#include "plan/registration.h"
#include "store/journal_file.h"

namespace dovetail {

// The append-only journal of all finished jobs, DIR/journal/journal.bin: frames of (magic, type,
// length, XXH3 checksum, payload), where a record's payload is its CBOR. A record counts once
// append() has returned: it is then on disk (fdatasync). Once journal.bin has grown to a segment it
// is sealed, and another one is begun (store/journal_segments.h); opening compacts sealed segments
// (store/journal_compaction.h).
//
// A torn or damaged part is never fatal: opening cuts it out and saves it as DIR/journal/cut-N.bin;
// complete frames after it stay. A lock (flock) admits one writer: a second run on the same folder
// gets a FolderInUse that names the first. A journal of another version is a DataError. For one
// thread.
//
// Shares (store/share_journals.h) write journals of their own beside it, and hold the lock
// together. Everything that reads a results folder reads all of them.
class Journal {
 public:
  static constexpr int64_t kSegmentBytes = int64_t{32} << 20;

  // Opens the journal of the results folder DIR for appending, and replays it. Creates
  // DIR/journal/. A segment of at least `segment_bytes` is sealed.
  explicit Journal(const std::filesystem::path& folder, int64_t segment_bytes = kSegmentBytes);
  // Opens the journal of a new share instead.
  struct OfNewShare {};
  Journal(const std::filesystem::path& folder, OfNewShare);
  ~Journal();
  Journal(const Journal&) = delete;

  // Throws MachineFailure if the record cannot be written (a full disk); no half of it counts.
  void append(const Record& record);
  // The same for several, with one wait for the disk; all of them count, or none.
  void append(const std::vector<const Record*>& records);
  // Notes that a job was assigned. Not synced: it only serves to notice jobs that kill their
  // process.
  void note_begin(const std::string& key);
  // Notes that a job was given back unharmed (a clean stop).
  void note_release(const std::string& key);
  // Notes that these claims are made now, those that are not in the journal yet. Durable.
  void register_claims(const std::vector<Claim>& claims);
  // Notes a claim as it was registered elsewhere. Durable.
  void append(const Registration& registration);

  // What throws before anything is written from now on, if this process has lost the folder.
  void set_guard(std::function<void()> guard);

  const std::string& share() const;  // "share-0001"; "" if this is the folder's own journal
  // Reads what other shares have recorded since the last call, and returns it. It is part of
  // records() then.
  std::vector<Record> read_others();

  // By key. The first finished record of a key wins over later ones and over failures; of several
  // failures the last one wins.
  const std::map<std::string, Record>& records() const;
  // Begins without an end (a record or a release): how often the job took its process down. The
  // begin of a running job counts too.
  int unclean_ends(const std::string& key) const;
  int64_t bytes_cut() const;     // of torn or damaged parts, when opened
  int64_t bytes_kept() const;    // of complete frames, when opened
  std::string cut_file() const;  // holds the parts cut out; "" if there were none

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a journal holds: its records by key, the claims that were registered, and when each record
// came.
struct JournalContent {
  std::map<std::string, Record> records;
  Registrations registrations;
};

// Reads the journal of a results folder without writing or locking, also during a run. Empty if
// there is none yet.
JournalContent read_journal_content(const std::filesystem::path& folder);
std::map<std::string, Record> read_journal(const std::filesystem::path& folder);
Registrations read_registrations(const std::filesystem::path& folder);

// Who has a journal of the folder open for appending: "process 4711 on host node3", "3 shares
// (process ..., process ...)"; "" for nobody.
std::string journal_holder(const std::filesystem::path& folder);
// The names of the shares that run.
std::vector<std::string> running_shares(const std::filesystem::path& folder);

}  // namespace dovetail
