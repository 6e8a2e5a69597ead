// SPDX-License-Identifier: Apache-2.0
// The summaries beside sealed segments: used where they hold, and never trusted where they do not.
#include "store/segment_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "store/journal.h"
#include "store/journal_compaction.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr const char* kKeys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
                                 "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"};

fs::path first_segment(const fs::path& folder) { return folder / "journal" / "segment-0001.bin"; }
fs::path first_summary(const fs::path& folder) {
  return folder / "journal" / "segment-0001.summary";
}

// Twenty records in a segment of some 14,000 bytes, and one more in the open one.
void write_sealed(const fs::path& folder) {
  Journal journal(folder, 13'000);
  for (const char* key : kKeys) journal.append(cell_record(key));
  journal.append(cell_record("last"));
}

void flip_bit(const fs::path& file, size_t at) {
  std::string bytes = read_file(file);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
}

std::vector<std::string> keys_found(const fs::path& folder) {
  std::vector<std::string> keys;
  for (const auto& [key, summary] : read_summaries(folder)) keys.push_back(key);
  std::ranges::sort(keys);
  return keys;
}

std::vector<std::string> keys_in_journal(const fs::path& folder) {
  std::vector<std::string> keys;
  for (const auto& [key, record] : read_journal(folder)) keys.push_back(key);
  return keys;
}

// A record in the middle cannot be read any more, so only its summary has it.
TEST(SegmentSummary, IsReadInPlaceOfTheRecords) {
  const TemporaryFolder folder;
  write_sealed(folder.path());
  flip_bit(first_segment(folder.path()), 7000);
  ASSERT_EQ(keys_in_journal(folder.path()).size(), 20);

  EXPECT_EQ(keys_found(folder.path()).size(), 21);
  fs::remove(first_summary(folder.path()));
  EXPECT_EQ(keys_found(folder.path()), keys_in_journal(folder.path()));
}

TEST(SegmentSummary, SaysWhatTheRecordsSay) {
  const TemporaryFolder folder;
  Record crashed = cell_record("crash", RunStatus::crashed);
  crashed.reason = "it died of größe";
  crashed.attempt = 3;
  crashed.cost.wall_seconds = 1.5;
  crashed.provenance = {{"host", "node"}, {"rank", 70'000}};
  crashed.provenance["crash"] = {{"log", {"one", "two"}}};
  {
    Journal journal(folder.path(), 500);
    for (const Record& record : {crashed, cell_record("a"), cell_record("b")})
      journal.append(record);
  }

  const std::vector<RecordSummary> found = summaries_of_file({first_segment(folder.path()), true});

  ASSERT_TRUE(fs::exists(first_summary(folder.path())));
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].key, "crash");
  EXPECT_EQ(found[0].name, "sweep/crash");
  EXPECT_EQ(found[0].reason, "it died of größe");
  EXPECT_EQ(found[0].status, RunStatus::crashed);
  EXPECT_EQ(found[0].attempt, 3);
  EXPECT_EQ(found[0].wall_seconds, 1.5);
  EXPECT_EQ(found[0].worker, summary_of(crashed).worker);
  EXPECT_THAT(found[0].last_log_lines, ElementsAre("one", "two"));
}

TEST(SegmentSummary, OfAMissingFileIsMadeAtTheNextOpening) {
  const TemporaryFolder folder;
  write_sealed(folder.path());
  const std::string before = read_file(first_summary(folder.path()));
  fs::remove(first_summary(folder.path()));
  EXPECT_EQ(keys_found(folder.path()), keys_in_journal(folder.path()));

  { Journal journal(folder.path()); }

  EXPECT_EQ(read_file(first_summary(folder.path())), before);
}

TEST(SegmentSummary, ThatIsDamagedAnywhereIsIgnored) {
  const TemporaryFolder folder;
  write_sealed(folder.path());
  const std::string sound = read_file(first_summary(folder.path()));
  flip_bit(first_segment(folder.path()), 7000);  // so that reading the segment shows
  for (size_t at = 0; at < sound.size(); at += 7) {
    std::ofstream(first_summary(folder.path()), std::ios::binary) << sound;
    flip_bit(first_summary(folder.path()), at);
    EXPECT_EQ(keys_found(folder.path()).size(), 20) << "bit of byte " << at;
    std::ofstream(first_summary(folder.path()), std::ios::binary) << sound.substr(0, at);
    EXPECT_EQ(keys_found(folder.path()).size(), 20) << "cut to " << at << " bytes";
  }
}

TEST(SegmentSummary, OfTheSegmentBeforeItsCompactionIsIgnored) {
  const TemporaryFolder folder;
  {
    Journal journal(folder.path(), 13'000);
    for (int i = 0; i < 20; ++i) journal.append(cell_record("again", RunStatus::failed));
    journal.append(cell_record("again"));
    journal.append(cell_record("other"));
  }
  const std::string stale = read_file(first_summary(folder.path()));
  ASSERT_GT(compact_journal(folder.path() / "journal"), 0);
  ASSERT_EQ(read_file(first_summary(folder.path())), stale);

  EXPECT_THAT(summaries_of_file({first_segment(folder.path()), true}), testing::IsEmpty());
  EXPECT_THAT(keys_found(folder.path()), UnorderedElementsAre("again", "other"));
  { Journal journal(folder.path()); }
  EXPECT_NE(read_file(first_summary(folder.path())), stale);
}

TEST(SegmentSummary, OfADamagedSegmentIsMadeAnewOnceTheDamageIsCutOut) {
  const TemporaryFolder folder;
  write_sealed(folder.path());
  flip_bit(first_segment(folder.path()), 7000);

  { Journal journal(folder.path()); }

  EXPECT_EQ(keys_found(folder.path()), keys_in_journal(folder.path()));
  EXPECT_EQ(keys_found(folder.path()).size(), 20);
}

TEST(SegmentSummary, ThatCannotBeWrittenIsNoError) {
  const TemporaryFolder folder;
  fs::create_directories(first_summary(folder.path()) / "in the way");

  write_sealed(folder.path());

  EXPECT_EQ(keys_found(folder.path()).size(), 21);
  EXPECT_EQ(Journal(folder.path()).records().size(), 21);
}

}  // namespace
}  // namespace dovetail
