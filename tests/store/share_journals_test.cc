// SPDX-License-Identifier: Apache-2.0
#include "store/share_journals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/scratch_folder.h"
#include "store/journal.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Record record_named(const std::string& key) {
  Record record;
  record.key = record.name = key;
  return record;
}

std::vector<std::string> keys(const std::map<std::string, Record>& records) {
  std::vector<std::string> found;
  for (const auto& [key, record] : records) found.push_back(key);
  return found;
}

TEST(ShareJournals, SharesReadEachOther) {
  const ScratchFolder folder;
  { Journal(folder.path()).append(record_named("early")); }
  Journal a(folder.path(), Journal::OfNewShare{}), b(folder.path(), Journal::OfNewShare{});

  a.append(record_named("of a"));
  b.append(record_named("of b"));

  EXPECT_EQ(a.share(), "share-0001");
  EXPECT_EQ(b.share(), "share-0002");
  ASSERT_EQ(a.read_others().size(), 1u);
  EXPECT_TRUE(a.read_others().empty()) << "what was read is not read again";
  EXPECT_THAT(keys(a.records()), ElementsAre("early", "of a", "of b"));
  EXPECT_THAT(keys(read_journal(folder.path())), ElementsAre("early", "of a", "of b"));
  EXPECT_THAT(journal_holder(folder.path()), HasSubstr("2 shares (process "));
  EXPECT_THAT(running_shares(folder.path()), ElementsAre("share-0001", "share-0002"));
}

TEST(ShareJournals, NobodyElseWritesBesideShares) {
  const ScratchFolder folder;
  {
    const Journal share(folder.path(), Journal::OfNewShare{});
    EXPECT_THROW(Journal(folder.path()), FolderInUse);
  }
  const Journal alone(folder.path());
  EXPECT_THROW(Journal(folder.path(), Journal::OfNewShare{}), FolderInUse);
}

TEST(ShareJournals, AnOpenJournalOfOneWriterKnowsWhatSharesDid) {
  const ScratchFolder folder;
  { Journal(folder.path(), Journal::OfNewShare{}).append(record_named("of a share")); }

  EXPECT_THAT(keys(Journal(folder.path()).records()), ElementsAre("of a share"));
}

// The reader comes while the last frame is half written, and once more after that.
TEST(ShareJournals, WaitForTheRestOfAFrame) {
  const ScratchFolder folder;
  Journal reader(folder.path(), Journal::OfNewShare{});
  const std::string writer = make_share_folder(folder / "journal");
  const std::vector<uint8_t> payload = to_bytes(record_named("torn"));
  const std::string frame = frame_bytes(
      FrameType::record, {reinterpret_cast<const char*>(payload.data()), payload.size()});
  std::ofstream file(folder / "journal" / writer / "journal.bin", std::ios::binary);

  file << frame << frame.substr(0, frame.size() / 2) << std::flush;
  EXPECT_EQ(reader.read_others().size(), 1u);
  EXPECT_TRUE(reader.read_others().empty());
  file << frame.substr(frame.size() / 2) << std::flush;
  EXPECT_EQ(reader.read_others().size(), 1u);
}

}  // namespace
}  // namespace dovetail
