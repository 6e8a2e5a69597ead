// SPDX-License-Identifier: Apache-2.0
#include "driver/progress.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace dovetail {

namespace {

Progress halfway() {
  Progress progress;
  progress.total = 60;
  progress.done = 12;
  progress.failed = 1;
  progress.jobs_per_minute = 8.42;
  progress.remaining_seconds = 360;
  progress.ranks = {{RankState::busy, "quick/prefix_lm/antonym/mapping/full/all/seed1"},
                    {RankState::idle, ""}};
  return progress;
}

// Everything written to a file so far.
std::string text_of(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  return text;
}

using std::chrono::milliseconds;
using std::chrono::seconds;
const std::chrono::steady_clock::time_point kStart{};

}  // namespace

TEST(ProgressLine, TellsEverythingWhereThereIsRoom) {
  EXPECT_EQ(progress_line(halfway(), 150),
            "12/60 jobs, 8.4/min, 6 min left, 1 failed"
            " | 0: quick/prefix_lm/antonym/mapping/full/all/seed1 | 1: idle");
}

TEST(ProgressLine, CutsNamesAtTheFront) {
  const std::string line = progress_line(halfway(), 80);

  EXPECT_EQ(line, "12/60 jobs, 8.4/min, 6 min left, 1 failed | 0: ..l/all/seed1 | 1: idle");
}

TEST(ProgressLine, CountsRanksWhereNamesDoNotFit) {
  Progress progress = halfway();
  progress.ranks.assign(40, {RankState::busy, "quick/prefix_lm/antonym/mapping"});
  progress.ranks[7] = {RankState::idle, ""};

  EXPECT_EQ(progress_line(progress, 80),
            "12/60 jobs, 8.4/min, 6 min left, 1 failed | 39 busy, 1 idle");
}

TEST(ProgressLine, IsNeverWiderThanTheTerminal) {
  for (int width = 0; width < 160; ++width) {
    EXPECT_LE(progress_line(halfway(), width).size(), width);
  }
}

TEST(ProgressLine, SaysNothingOfWhatIsNotKnown) {
  Progress progress;
  progress.total = 5;
  progress.remaining_seconds = -1;

  EXPECT_EQ(progress_log(progress), "0/5 jobs");
}

// The name of a job decides nothing: a job may be called like a state.
TEST(ProgressLine, CountsABusyRankWhateverItsJobIsCalled) {
  Progress progress = halfway();
  progress.ranks.assign(40, {RankState::busy, "idle"});
  progress.ranks[0] = {RankState::left, ""};

  EXPECT_EQ(progress_line(progress, 70),
            "12/60 jobs, 8.4/min, 6 min left, 1 failed | 39 busy, 1 idle");
}

TEST(ProgressLog, NamesRanksInFull) {
  EXPECT_EQ(progress_log(halfway()),
            "12/60 jobs, 8.4/min, 6 min left, 1 failed"
            " | 0: quick/prefix_lm/antonym/mapping/full/all/seed1 | 1: idle");
}

TEST(RoughDuration, HasTwoDigitsOrSo) {
  EXPECT_EQ(rough_duration(0), "0 s");
  EXPECT_EQ(rough_duration(99), "99 s");
  EXPECT_EQ(rough_duration(100), "2 min");
  EXPECT_EQ(rough_duration(12 * 60), "12 min");
  EXPECT_EQ(rough_duration(3.4 * 3600), "3.4 h");
  EXPECT_EQ(rough_duration(50 * 3600), "2.1 days");
}

TEST(ProgressDisplay, WritesOverItsLineOnATerminal) {
  std::FILE* file = std::tmpfile();
  Progress progress;
  progress.total = 2;
  progress.remaining_seconds = -1;
  {
    ProgressDisplay display(file, 40);
    display.show(progress, kStart);
    display.show(progress, kStart + milliseconds(100));  // too soon
    progress.done = 1;
    display.show(progress, kStart + milliseconds(300));
    progress.done = 2;
    display.show(progress, kStart + milliseconds(301));  // the last word is never too soon
  }

  EXPECT_EQ(text_of(file), "\r0/2 jobs\x1b[K\r1/2 jobs\x1b[K\r2/2 jobs\x1b[K\n");
  std::fclose(file);
}

TEST(ProgressDisplay, WritesALineEveryHalfMinuteToALog) {
  std::FILE* file = std::tmpfile();
  Progress progress;
  progress.total = 2;
  progress.remaining_seconds = -1;
  {
    ProgressDisplay display(file, 0);
    display.show(progress, kStart);
    display.show(progress, kStart + seconds(29));
    progress.done = 1;
    display.show(progress, kStart + seconds(30));
    display.show(progress, kStart + seconds(59));
  }

  EXPECT_EQ(text_of(file), "0/2 jobs\n1/2 jobs\n");
  std::fclose(file);
}

}  // namespace dovetail
