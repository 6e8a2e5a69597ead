// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/record.h"

namespace dovetail {

// The append-only truth about what is finished: DIR/journal/journal.bin, frames of (magic, type,
// length, XXH3 checksum, payload); a record's payload is its CBOR. A record counts once append()
// has returned: it is then on disk (fdatasync).
// A torn or damaged part is cut out, saved aside as DIR/journal/cut-N.bin and reported, never
// fatal; whole frames after it are kept. One writer at a time, by a lock (flock): a second run on
// the same folder is refused with a ConfigError that says who holds it. For one thread.
class Journal {
 public:
  // `folder` is the results folder DIR. Opens for appending, replaying what is there; creates
  // DIR/journal/.
  explicit Journal(const std::filesystem::path& folder);
  ~Journal();
  Journal(const Journal&) = delete;

  void append(
      const Record& record);  // throws SystemError (a full disk); nothing half-written counts
  // A job was handed out. Not fsynced: it only serves to notice jobs that kill their process.
  void note_begin(const std::string& key);
  // A job was given back unharmed (a clean stop).
  void note_release(const std::string& key);

  // By key; the first finished record of a key wins over later ones, and over failures; of
  // several failures the last one is kept.
  const std::map<std::string, Record>& records() const;
  // Begins without an end (a record or a release): how often the job took its process down with
  // it. A job that runs just now counts as begun.
  int unclean_ends(const std::string& key) const;
  int64_t bytes_cut() const;     // of a torn or damaged part, when opening
  int64_t bytes_kept() const;    // whole frames found when opening
  std::string cut_file() const;  // where the cut part was saved; "" when nothing was cut

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same without writing or locking: for status and report, while a run is going on. Empty
// where there is no journal yet.
std::map<std::string, Record> read_journal(const std::filesystem::path& folder);

// Who appends to the folder's journal just now: "process 4711 on host node3", or "" for nobody.
std::string journal_holder(const std::filesystem::path& folder);

}  // namespace dovetail
