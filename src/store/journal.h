// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sweep/record.h"

namespace dovetail {

// The append-only truth about what is finished: frames of (magic, length, CRC-32C or XXH, CBOR),
// in DIR/journal/. A record counts once append() has returned: it is then on disk (fsync).
// A torn or damaged tail is cut off and reported, never fatal. One writer at a time, by a lock
// (flock): a second run on the same folder is refused with a ConfigError that says who holds it.
class Journal {
 public:
  // Opens for appending, replaying what is there. Creates the folder.
  explicit Journal(const std::filesystem::path& folder);
  ~Journal();
  Journal(const Journal&) = delete;

  void append(const Record& record);   // throws SystemError (a full disk); nothing half-written counts
  // A job was handed out. Not fsynced: it only serves to notice jobs that kill their process.
  void note_begin(const std::string& key);
  // A job was given back unharmed (a clean stop).
  void note_release(const std::string& key);

  // By key; the first finished record of a key wins over later ones, and over failures.
  const std::map<std::string, Record>& records() const;
  // Begins without an end: how often the job took its process down with it.
  int unclean_ends(const std::string& key) const;
  int64_t bytes_cut() const;           // of a torn tail, when opening

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same without writing or locking: for status and report, while a run is going on.
std::map<std::string, Record> read_journal(const std::filesystem::path& folder);

}  // namespace dovetail
