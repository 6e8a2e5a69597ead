// SPDX-License-Identifier: Apache-2.0
#include "store/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "store/journal_frames.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Record record_of(const std::string& key, double score = 0.5) {
  Record record{.key = key, .name = "sweep/" + key};
  record.metrics["rouge_l"] = score;
  record.per_example["rouge_l"] = {0.25f, 0.75f};
  record.predictions = {"cat", ""};
  return record;
}

Record failure_of(const std::string& key, const std::string& reason) {
  Record record = record_of(key);
  record.status = RunStatus::failed;
  record.reason = reason;
  return record;
}

std::vector<std::string> keys_of(const std::map<std::string, Record>& records) {
  std::vector<std::string> keys;
  for (const auto& [key, record] : records) keys.push_back(key);
  return keys;
}

fs::path file_of(const TemporaryFolder& folder) {
  return folder.path() / "journal" / "journal.bin";
}

void write_bytes(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// Three records of a journal, and where each of its frames ends.
struct SmallJournal {
  std::string bytes;
  std::vector<size_t> ends;

  SmallJournal() {
    const TemporaryFolder folder;
    Journal journal(folder.path());
    for (const char* key : {"a", "b", "c"}) {
      journal.append(record_of(key));
      ends.push_back(fs::file_size(file_of(folder)));
    }
    bytes = read_file(file_of(folder));
  }
};

TEST(Journal, TakesSeveralRecordsAtOnce) {
  const TemporaryFolder one_by_one, at_once;
  const Record a = record_of("a"), b = record_of("b"), failed = failure_of("c", "NaN");
  {
    Journal journal(one_by_one.path());
    for (const Record* record : {&a, &b, &failed}) journal.append(*record);
    Journal together(at_once.path());
    together.append({&a, &b, &failed});
    EXPECT_EQ(keys_of(together.records()), (std::vector<std::string>{"a", "b", "c"}));
  }
  EXPECT_EQ(read_file(file_of(at_once)), read_file(file_of(one_by_one)));
}

TEST(Journal, GivesBackWhatWasAppended) {
  const TemporaryFolder folder;
  const Record record = record_of("a", 0.125);
  { Journal(folder.path()).append(record); }

  const Journal reopened(folder.path());

  ASSERT_EQ(keys_of(reopened.records()), std::vector<std::string>{"a"});
  EXPECT_EQ(to_bytes(reopened.records().at("a")), to_bytes(record));
  EXPECT_EQ(to_bytes(read_journal(folder.path()).at("a")), to_bytes(record));
  EXPECT_EQ(reopened.bytes_cut(), 0);
  EXPECT_EQ(reopened.bytes_kept(), static_cast<int64_t>(fs::file_size(file_of(folder))));
}

TEST(Journal, IsEmptyWhereThereIsNone) {
  const TemporaryFolder folder;

  EXPECT_TRUE(read_journal(folder.path()).empty());
  EXPECT_EQ(journal_holder(folder.path()), "");
}

TEST(Journal, KeepsTheFirstFinishedRecord) {
  const TemporaryFolder folder;
  {
    Journal journal(folder.path());
    journal.append(failure_of("a", "first"));
    journal.append(failure_of("a", "second"));
    EXPECT_EQ(journal.records().at("a").reason, "second");
    journal.append(record_of("a", 0.1));
    journal.append(record_of("a", 0.2));
    journal.append(failure_of("a", "late"));
  }

  for (const auto& records : {read_journal(folder.path()), Journal(folder.path()).records()}) {
    EXPECT_EQ(records.at("a").status, RunStatus::finished);
    EXPECT_EQ(records.at("a").metrics.at("rouge_l"), 0.1);
  }
}

TEST(Journal, CountsBeginsWithoutAnEnd) {
  const TemporaryFolder folder;
  {
    Journal journal(folder.path());
    for (const char* key : {"dies", "dies", "ends", "fails", "released"}) journal.note_begin(key);
    journal.append(record_of("ends"));
    journal.append(failure_of("fails", "NaN"));
    journal.note_release("released");
    EXPECT_EQ(journal.unclean_ends("dies"), 2);
  }

  Journal journal(folder.path());

  EXPECT_EQ(journal.unclean_ends("dies"), 2);
  EXPECT_EQ(journal.unclean_ends("ends"), 0);
  EXPECT_EQ(journal.unclean_ends("fails"), 0);
  EXPECT_EQ(journal.unclean_ends("released"), 0);
  EXPECT_EQ(journal.unclean_ends("unheard of"), 0);
  Record crashed = failure_of("dies", "took its process down 2 times");
  crashed.status = RunStatus::crashed;
  journal.append(crashed);
  EXPECT_EQ(journal.unclean_ends("dies"), 2);
}

TEST(Journal, KeepsWholeFramesOfATornTailOfEveryLength) {
  const SmallJournal small;
  for (size_t length = 0; length < small.bytes.size(); ++length) {
    SCOPED_TRACE(length);
    const TemporaryFolder folder;
    write_bytes(file_of(folder), small.bytes.substr(0, length));
    const size_t num_whole = std::count_if(small.ends.begin(), small.ends.end(),
                                           [&](size_t end) { return end <= length; });
    const size_t kept = num_whole == 0 ? 0 : small.ends[num_whole - 1];

    ASSERT_EQ(read_journal(folder.path()).size(), num_whole);
    Journal journal(folder.path());

    ASSERT_EQ(journal.records().size(), num_whole);
    ASSERT_EQ(journal.bytes_cut(), static_cast<int64_t>(length - kept));
    ASSERT_EQ(journal.bytes_kept(), static_cast<int64_t>(kept));
    ASSERT_EQ(fs::file_size(file_of(folder)), kept);
    ASSERT_EQ(journal.cut_file().empty(), length == kept);
    if (length > kept) {
      ASSERT_EQ(read_file(journal.cut_file()), small.bytes.substr(kept, length - kept));
    }
    journal.append(record_of("z"));
    ASSERT_EQ(read_journal(folder.path()).size(), num_whole + 1);
  }
}

TEST(Journal, LosesOneRecordToAFlippedBit) {
  const SmallJournal small;
  constexpr uint64_t kSeed = 20240229;
  Rng rng(kSeed);
  SCOPED_TRACE(fmt::format("seed {}", kSeed));
  for (int trial = 0; trial < 200; ++trial) {
    const size_t bit = rng.below(small.bytes.size() * 8);
    SCOPED_TRACE(fmt::format("bit {}", bit));
    std::string bytes = small.bytes;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    std::vector<std::string> expected = {"a", "b", "c"};
    const size_t hit =
        std::upper_bound(small.ends.begin(), small.ends.end(), bit / 8) - small.ends.begin();
    expected.erase(expected.begin() + hit);
    const TemporaryFolder folder;
    write_bytes(file_of(folder), bytes);

    ASSERT_EQ(keys_of(read_journal(folder.path())), expected);
    ASSERT_EQ(keys_of(Journal(folder.path()).records()), expected);

    const size_t begin = hit == 0 ? 0 : small.ends[hit - 1];
    ASSERT_EQ(fs::file_size(file_of(folder)), small.bytes.size() - (small.ends[hit] - begin));
    ASSERT_EQ(read_file(folder.path() / "journal" / "cut-1.bin"), bytes.substr(begin));
    ASSERT_EQ(Journal(folder.path()).bytes_cut(), 0);
  }
}

TEST(Journal, TrustsNoLength) {
  for (const uint64_t length :
       {uint64_t{1} << 63, ~uint64_t{0}, ~uint64_t{0} - 23, uint64_t{1} << 40}) {
    const SmallJournal small;
    std::string bytes = small.bytes;
    std::memcpy(bytes.data() + small.ends[1] + 8, &length, sizeof(length));
    const TemporaryFolder folder;
    write_bytes(file_of(folder), bytes);

    const Journal journal(folder.path());

    EXPECT_EQ(keys_of(journal.records()), (std::vector<std::string>{"a", "b"}));
  }
}

TEST(Journal, KeepsEveryCutPart) {
  const TemporaryFolder folder;
  for (const char* rubbish : {"first", "second"}) {
    fs::create_directories(folder.path() / "journal");
    std::ofstream(file_of(folder), std::ios::app) << rubbish;
    const Journal journal(folder.path());
  }

  EXPECT_EQ(read_file(folder.path() / "journal" / "cut-1.bin"), "first");
  EXPECT_EQ(read_file(folder.path() / "journal" / "cut-2.bin"), "second");
}

TEST(Journal, SaysWhichWholeRecordItCannotRead) {
  const TemporaryFolder folder;
  write_bytes(file_of(folder), frame_bytes(FrameType::record, "no CBOR"));

  try {
    const Journal journal(folder.path());
    FAIL() << "opened";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("at byte 0"));
    EXPECT_THAT(error.what(), HasSubstr("journal.bin"));
  }
  EXPECT_EQ(read_file(file_of(folder)), frame_bytes(FrameType::record, "no CBOR"));
}

TEST(Journal, RefusesASecondWriter) {
  const TemporaryFolder folder;
  Journal first(folder.path());
  first.append(record_of("a"));

  try {
    const Journal second(folder.path());
    FAIL() << "opened twice";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(fmt::format("process {} on host", ::getpid())));
    EXPECT_THAT(error.what(), HasSubstr(folder.path().string()));
  }
  EXPECT_THAT(journal_holder(folder.path()), HasSubstr(fmt::format("process {}", ::getpid())));
  EXPECT_EQ(read_journal(folder.path()).size(), 1);
}

TEST(Journal, IsFreeAgainWhenItsProcessDies) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Journal journal(folder.path());
    [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THROW(Journal(folder.path()), ConfigError);

  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  EXPECT_NO_THROW(Journal(folder.path()));
  EXPECT_EQ(journal_holder(folder.path()), "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(Journal, AClaimIsRegisteredOnceAndBeforeWhatComesLater) {
  const TemporaryFolder folder;
  const Claim first{.name = "first", .source = "s", .metrics = {"rouge_l"}};
  Claim changed = first;
  changed.margin = 0.02;
  {
    Journal journal(folder.path());
    journal.register_claims({first});
    journal.append(record_of("a"));
    journal.append(failure_of("b", "NaN"));
  }
  {
    Journal journal(folder.path());
    journal.register_claims({first, changed});
    journal.append(record_of("c"));
  }

  const Registrations found = read_registrations(folder.path());

  ASSERT_EQ(found.claims.size(), 2);
  EXPECT_EQ(found.claims[0].name, "first");
  EXPECT_EQ(found.claims[0].records_before, 0);
  EXPECT_EQ(found.claims[1].records_before, 1);  // the failure is no result
  EXPECT_NE(found.claims[0].hash, found.claims[1].hash);
  EXPECT_THAT(found.claims[0].registered_at, testing::MatchesRegex("2.*UTC"));
  EXPECT_EQ(found.records, (std::map<std::string, int64_t>{{"a", 0}, {"c", 1}}));
  EXPECT_EQ(keys_of(read_journal(folder.path())), (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace dovetail
