// SPDX-License-Identifier: Apache-2.0
#include "store/record_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/cbor_cursor.h"
#include "base/error.h"
#include "store/journal.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

using testing::ElementsAre;

std::string_view chars(const std::vector<uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The bytes of the examples of RFC 8949, appendix A.
std::string_view rfc(const char* bytes, size_t count) { return {bytes, count}; }

TEST(CborCursor, ReadsTheNumbersOfTheRfc) {
  EXPECT_EQ(CborCursor(rfc("\x17", 1)).number(), 23);
  EXPECT_EQ(CborCursor(rfc("\x18\x64", 2)).number(), 100);
  EXPECT_EQ(CborCursor(rfc("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9)).number(), 1000000000000);
  EXPECT_EQ(CborCursor(rfc("\x39\x03\xe7", 3)).number(), -1000);
  EXPECT_EQ(CborCursor(rfc("\xfa\x47\xc3\x50\x00", 5)).number(), 100000.0);
  EXPECT_EQ(CborCursor(rfc("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", 9)).number(), 1.1);
}

TEST(CborCursor, GoesPastWhatItIsNotAskedFor) {
  // {"a": 1, "b": [2, 3]}, then "IETF"
  CborCursor cursor(rfc("\xa2\x61\x61\x01\x61\x62\x82\x02\x03\x64\x49\x45\x54\x46", 14));
  std::vector<std::string> keys;

  cursor.for_each_member([&](std::string_view key, CborCursor&) { keys.emplace_back(key); });

  EXPECT_THAT(keys, ElementsAre("a", "b"));
  EXPECT_EQ(cursor.text(), "IETF");
}

TEST(CborCursor, TrustsNoCount) {
  EXPECT_THROW(CborCursor("").skip(), DataError);
  EXPECT_THROW(CborCursor(rfc("\x64\x49\x45", 3)).skip(), DataError);  // a text cut off
  // arrays and maps of 2^64 - 1 items
  EXPECT_THROW(CborCursor(rfc("\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 9)).skip(), DataError);
  EXPECT_THROW(CborCursor(rfc("\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9)).skip(), DataError);
  EXPECT_THROW(CborCursor(rfc("\x9f\x01\xff", 3)).skip(), DataError);  // of indefinite length
}

// The JSON library reads CBOR by recursion: a megabyte of "array of one" would end the process.
TEST(CborCursor, RefusesWhatIsNestedTooDeep) {
  const auto nested = [](size_t levels) { return std::string(levels, '\x81') + "\x01"; };
  EXPECT_NO_THROW(CborCursor(nested(CborCursor::kDeepest - 1)).skip());
  EXPECT_THROW(CborCursor(nested(CborCursor::kDeepest)).skip(), DataError);
  const std::string deep = nested(1'000'000);
  EXPECT_THROW(record_from_bytes(reinterpret_cast<const uint8_t*>(deep.data()), deep.size()),
               DataError);
}

TEST(CborCursor, KnowsWholeNumbers) {
  EXPECT_EQ(CborCursor(rfc("\x39\x03\xe7", 3)).whole_number(), -1000);
  EXPECT_THROW(CborCursor(rfc("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", 9)).whole_number(),
               DataError);
  EXPECT_THROW(CborCursor(rfc("\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9)).whole_number(),
               DataError);
}

TEST(RecordSummary, HasTheLastLogLinesOfACrash) {
  Record record{.key = "k", .name = "a"};
  record.status = RunStatus::crashed;
  record.provenance["crash"] = {{"causes", {"SIGSEGV"}}, {"rank", 1}, {"log", {"one", "two"}}};
  EXPECT_THAT(summary_of(record).last_log_lines, ElementsAre("one", "two"));
}

TEST(RecordSummary, SaysWhatTheRecordSays) {
  Record record{.key = "k", .name = "sweep/größe"};
  record.status = RunStatus::failed;
  record.reason = "the loss is not a number";
  record.attempt = 3;
  record.cost.wall_seconds = 1.5;
  record.provenance = {{"host", "node"}, {"rank", 7}, {"commit", "abc"}};
  record.metrics = {{"rouge_l", 0.1}};
  record.per_example["rouge_l"] = {0.25F, 0.75F};
  record.predictions = {"cat", ""};
  record.curves["train_loss"] = {{1, 2}, {3.5, std::numeric_limits<double>::quiet_NaN()}};
  const std::vector<uint8_t> bytes = to_bytes(record);

  for (const RecordSummary& summary : {summary_of(chars(bytes)), summary_of(record)}) {
    EXPECT_EQ(summary.key, "k");
    EXPECT_EQ(summary.name, "sweep/größe");
    EXPECT_EQ(summary.status, RunStatus::failed);
    EXPECT_EQ(summary.reason, "the loss is not a number");
    EXPECT_EQ(summary.attempt, 3);
    EXPECT_EQ(summary.wall_seconds, 1.5);
    EXPECT_NE(summary.worker, "");
  }
}

TEST(RecordSummary, TellsWorkersApart) {
  Record a{.key = "a"}, b{.key = "b"}, c{.key = "c"}, unknown{.key = "d"};
  a.provenance = {{"host", "node"}, {"rank", 1}};
  b.provenance = {{"host", "node"}, {"rank", 1}, {"threads", 2}};
  c.provenance = {{"host", "node"}, {"rank", 2}};

  EXPECT_EQ(summary_of(a).worker, summary_of(b).worker);
  EXPECT_NE(summary_of(a).worker, summary_of(c).worker);
  EXPECT_EQ(summary_of(unknown).worker, "");
}

TEST(RecordSummary, RefusesWhatIsNoRecord) {
  EXPECT_THROW(summary_of(std::string_view("no CBOR")), DataError);
  EXPECT_THROW(summary_of(rfc("\xa0", 1)), DataError);  // an empty map
  const std::vector<uint8_t> bytes = to_bytes(Record{.key = "k"});
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(summary_of(chars(bytes).substr(0, length)), DataError) << length;
}

// Failures, retries and repeats: the record that is kept is the journal's own choice.
TEST(RecordSummary, OfAJournalIsOfTheRecordsThatItKeeps) {
  const TemporaryFolder folder;
  const Plan plan = grid_plan({});
  {
    Journal journal(folder.path());
    journal.append(failed_record(plan.jobs[2], "first"));
    journal.append(failed_record(plan.jobs[2], "second"));
    journal.append(failed_record(plan.jobs[3], "NaN"));
    for (const Job& job : {plan.jobs[0], plan.jobs[3], plan.jobs[4]})
      journal.append(finished_record(job));
    journal.append(failed_record(plan.jobs[4], "late"));
  }

  const RecordSummaries found = read_summaries(folder.path());

  ASSERT_EQ(found.size(), 4);
  EXPECT_EQ(found.at(plan.jobs[2].key).reason, "second");
  for (const auto& [key, record] : read_journal(folder.path())) {
    EXPECT_EQ(found.at(key).status, record.status);
    EXPECT_EQ(found.at(key).wall_seconds, record.cost.wall_seconds);
  }
}

}  // namespace
}  // namespace dovetail
