// SPDX-License-Identifier: Apache-2.0
// Segments of a journal: their rotation, their compaction, and versions.
#include "store/journal_segments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "base/message_of.h"
#include "store/journal.h"
#include "store/journal_compaction.h"
#include "store/record_summary.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

// A record of this test has some 700 bytes, so each is a segment.
TEST(JournalSegments, AreSealedWhenTheyAreFull) {
  const TemporaryFolder folder;
  {
    Journal journal(folder.path(), 500);
    for (const char* key : {"a", "b", "c"}) journal.append(cell_record(key));
    EXPECT_EQ(journal.records().size(), 3);
  }

  EXPECT_THAT(names_in(folder.path() / "journal"),
              ElementsAre("journal.bin", "lock", "segment-0001.bin", "segment-0001.summary",
                          "segment-0002.bin", "segment-0002.summary"));
  EXPECT_EQ(read_journal(folder.path()).size(), 3);
  EXPECT_EQ(read_summaries(folder.path()).size(), 3);
  Journal again(folder.path(), 500);
  again.append(cell_record("d"));
  EXPECT_EQ(again.records().size(), 4);
  EXPECT_EQ(again.bytes_cut(), 0);
  EXPECT_TRUE(fs::exists(folder.path() / "journal" / "segment-0003.bin"));
}

TEST(JournalSegments, OneRecordOfADamagedOneIsLost) {
  const TemporaryFolder folder;
  {
    Journal journal(folder.path(), 1500);
    for (const char* key : {"a", "b", "c", "d"}) journal.append(cell_record(key));
  }
  const fs::path sealed = folder.path() / "journal" / "segment-0001.bin";
  std::string bytes = read_file(sealed);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);  // in the first record
  std::ofstream(sealed, std::ios::binary) << bytes;

  const Journal journal(folder.path());

  EXPECT_EQ(journal.records().size(), 3);
  EXPECT_FALSE(journal.records().contains("a"));
  EXPECT_EQ(read_file(journal.cut_file()), bytes);
  EXPECT_EQ(read_journal(folder.path()).size(), 3);
}

std::string all_of(const fs::path& folder, const std::vector<std::string>& keys) {
  const JournalContent content = read_journal_content(folder);
  std::string text;
  for (const auto& [key, record] : content.records) {
    const std::vector<uint8_t> bytes = to_bytes(record);
    text += key + std::string(bytes.begin(), bytes.end());
  }
  for (const auto& [key, before] : content.registrations.records)
    text += fmt::format("{} {} ", key, before);
  for (const Registration& claim : content.registrations.claims)
    text += fmt::format("{} {} ", claim.hash, claim.records_before);
  const Journal journal(folder);
  for (const std::string& key : keys) text += fmt::format("{} ", journal.unclean_ends(key));
  return text;
}

// Nine failures of one job that are made good, and a job that took its process down twice.
void write_wasteful(const fs::path& folder) {
  Journal journal(folder, 8000);
  journal.append(cell_record("first"));
  journal.register_claims({Claim{.name = "claim", .source = "s", .metrics = {"rouge_l"}}});
  journal.note_begin("dies");
  journal.note_begin("dies");
  for (int i = 0; i < 9; ++i) {
    journal.note_begin("fails");
    journal.append(cell_record("fails", RunStatus::failed));
  }
  for (int i = 0; i < 9; ++i) journal.append(cell_record("fails", RunStatus::failed));
  journal.append(cell_record("fails"));
  journal.append(cell_record("fails", RunStatus::failed));
}

TEST(JournalCompaction, DropsWhatSaysNothingAnyMoreAndNothingElse) {
  const TemporaryFolder whole, compact;
  for (const fs::path& folder : {whole.path(), compact.path()}) write_wasteful(folder);
  const size_t before = fs::file_size(compact.path() / "journal" / "segment-0001.bin");

  const int64_t freed = compact_journal(compact.path() / "journal");

  const std::vector<std::string> keys = {"first", "fails", "dies"};
  EXPECT_EQ(all_of(compact.path(), keys), all_of(whole.path(), keys));
  EXPECT_EQ(read_journal(compact.path()).at("fails").status, RunStatus::finished);
  EXPECT_EQ(Journal(compact.path()).unclean_ends("dies"), 2);
  EXPECT_EQ(read_registrations(compact.path()).records,
            (std::map<std::string, int64_t>{{"first", 0}, {"fails", 1}}));
  EXPECT_EQ(read_registrations(compact.path()).claims.at(0).records_before, 1);
  // a record of "first", a claim, two begins
  const size_t after = fs::file_size(compact.path() / "journal" / "segment-0001.bin");
  EXPECT_LT(after, before / 4);
  EXPECT_EQ(freed, static_cast<int64_t>(before - after));
  EXPECT_EQ(compact_journal(compact.path() / "journal"), 0) << "there is nothing left to drop";
}

TEST(JournalCompaction, LeavesSegmentsThatAreMostlyOfUse) {
  const TemporaryFolder folder;
  {
    Journal journal(folder.path(), 2000);
    for (const char* key : {"a", "b", "c", "d"}) journal.append(cell_record(key));
    journal.append(cell_record("a"));
  }

  EXPECT_EQ(compact_journal(folder.path() / "journal"), 0);
}

TEST(JournalVersion, OfAnotherIsRefusedAndLeftAlone) {
  const TemporaryFolder folder;
  { Journal(folder.path()).append(cell_record("a")); }
  const fs::path file = folder.path() / "journal" / "journal.bin";
  std::string bytes = read_file(file);
  bytes[3] = '2';
  std::ofstream(file, std::ios::binary) << bytes;
  const auto refusal = AllOf(HasSubstr("expected a journal of version 1 and found version 2"),
                             HasSubstr("journal.bin"));

  EXPECT_THAT(message_of<DataError>([&] { read_journal(folder.path()); }), refusal);
  EXPECT_THAT(message_of<DataError>([&] { read_summaries(folder.path()); }), refusal);
  EXPECT_THAT(message_of<DataError>([&] { Journal journal(folder.path()); }), refusal);
  EXPECT_EQ(read_file(file), bytes);
  EXPECT_THAT(names_in(folder.path() / "journal"), ElementsAre("journal.bin", "lock"));
}

TEST(JournalVersion, AFrameOfANewKindIsRefused) {
  const TemporaryFolder folder;
  { Journal(folder.path()).append(cell_record("a")); }
  std::ofstream(folder.path() / "journal" / "journal.bin", std::ios::binary | std::ios::app)
      << frame_bytes(static_cast<FrameType>(9), "what a later version writes");

  EXPECT_THAT(message_of<DataError>([&] { read_journal(folder.path()); }),
              HasSubstr("it is of type 9"));
}

}  // namespace
}  // namespace dovetail
