// SPDX-License-Identifier: Apache-2.0
// What the world does to a journal: kill -9 while it is written, and disks that are full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "base/error.h"
#include "store/journal.h"
#include "store/results/results.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Record record_of(int number, size_t num_examples = 20) {
  Record record{.key = fmt::format("{:08}", number), .name = fmt::format("sweep/cell{}", number)};
  record.per_example["rouge_l"] = std::vector<float>(num_examples, 0.5f);
  return record;
}

// Appends until it is killed, saying each number once append() has returned.
[[noreturn]] void append_forever(const fs::path& folder, int first, int acknowledged) {
  Journal journal(folder);
  for (int number = first;; ++number) {
    const Record record = record_of(number, static_cast<size_t>(number % 7) * 1000);
    journal.note_begin(record.key);
    journal.append(record);
    if (::write(acknowledged, &number, sizeof(number)) != sizeof(number)) ::_exit(1);
  }
}

TEST(JournalFaults, LosesNothingAcknowledgedToKill9) {
  const TemporaryFolder folder;
  constexpr uint64_t kSeed = 7;
  SCOPED_TRACE(fmt::format("seed {}", kSeed));
  Rng rng(kSeed);
  std::set<int> acknowledged;
  for (int round = 0; round < 50; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) append_forever(folder.path(), round * 100000, pipe_ends[1]);
    ::close(pipe_ends[1]);

    ::usleep(static_cast<useconds_t>(1000 + rng.below(20000)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);

    int number = 0;
    while (::read(pipe_ends[0], &number, sizeof(number)) == sizeof(number))
      acknowledged.insert(number);
    ::close(pipe_ends[0]);
  }

  const Journal journal(folder.path());

  EXPECT_GT(acknowledged.size(), 0);
  for (const int number : acknowledged) {
    const auto found = journal.records().find(fmt::format("{:08}", number));
    ASSERT_NE(found, journal.records().end()) << number;
    ASSERT_EQ(found->second.per_example.at("rouge_l").size(), number % 7 * 1000u);
  }
  // At most one a round was on disk without its acknowledgement.
  EXPECT_LE(journal.records().size(), acknowledged.size() + 50);
}

// In a child, so that limits and mounts touch nobody else: returns what `body` throws.
template <typename Body>
std::string message_of_child(Body body) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe_ends[0]);
    std::string message = "nothing was thrown";
    try {
      body();
    } catch (const std::exception& error) {
      message = error.what();
    }
    [[maybe_unused]] const auto written = ::write(pipe_ends[1], message.data(), message.size());
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  std::string message(16384, '\0');
  size_t have = 0;
  for (ssize_t got; (got = ::read(pipe_ends[0], message.data() + have, message.size() - have)) > 0;)
    have += got;
  message.resize(have);
  ::close(pipe_ends[0]);
  ::waitpid(child, nullptr, 0);
  return message;
}

void limit_file_size(rlim_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) throw SystemError("no limit");
}

void append_until_full(const fs::path& folder) {
  Journal journal(folder);
  for (int number = 0; number < 100000; ++number) {
    try {
      journal.append(record_of(number, 1000));
    } catch (const SystemError&) {
      // The object is as it was before, and so is the file.
      if (static_cast<int>(journal.records().size()) != number)
        throw SystemError("counts a record that is lost");
      if (static_cast<int>(read_journal(folder).size()) != number)
        throw SystemError("lost one that is safe");
      throw;
    }
  }
}

TEST(JournalFaults, SaysThatAFileMayNotGrowAndLosesNothing) {
  const TemporaryFolder folder;

  const std::string message = message_of_child([&] {
    limit_file_size(50000);
    append_until_full(folder.path());
  });

  EXPECT_THAT(message, HasSubstr("cannot write the record of sweep/cell"));
  EXPECT_THAT(message, HasSubstr("records before it are safe"));
  EXPECT_THAT(message, HasSubstr("File too large"));
  Journal journal(folder.path());
  const size_t num_safe = journal.records().size();
  EXPECT_GE(num_safe, 8);
  EXPECT_EQ(journal.bytes_cut(), 0);
  journal.append(record_of(999999));
  EXPECT_EQ(read_journal(folder.path()).size(), num_safe + 1);
}

TEST(JournalFaults, GoesOnOnceThereIsRoomAgain) {
  const TemporaryFolder folder;

  const std::string message = message_of_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{20000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Journal journal(folder.path());
    journal.append(record_of(1, 1000));
    const Record small = record_of(4, 10), large = record_of(2, 100000);
    EXPECT_THROW(journal.append({&small, &large}), SystemError);  // neither counts
    EXPECT_EQ(journal.records().size(), 1);
    limit.rlim_cur = RLIM_INFINITY;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    journal.append(record_of(3, 10));
  });

  EXPECT_EQ(message, "nothing was thrown");
  const auto records = read_journal(folder.path());
  EXPECT_EQ(records.size(), 2);
  EXPECT_TRUE(records.contains("00000003"));
}

TEST(JournalFaults, SaysThatResultsDoNotFitAndKeepsTheOldOnes) {
  const TemporaryFolder folder;
  const Plan plan = grid_plan({});
  write_results(folder.path() / "results.h5", plan, {});
  const std::string before = file_hash(folder.path() / "results.h5");

  const std::string message = message_of_child([&] {
    limit_file_size(4096);
    write_results(folder.path() / "results.h5", plan, all_finished(plan));
  });

  EXPECT_THAT(message, HasSubstr("cannot publish"));
  EXPECT_THAT(message, HasSubstr("No result is lost"));
  EXPECT_EQ(file_hash(folder.path() / "results.h5"), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1)
      << "something was left behind";
}

TEST(JournalFaults, SurvivesARealFullDisk) {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "mounting a small disk needs root; the limits above stand for it";
  }

  const std::string message = message_of_child([&] { append_until_full(folder.path()); });

  EXPECT_THAT(message, HasSubstr("No space left on device"));
  const auto records = read_journal(folder.path());
  EXPECT_GE(records.size(), 20);
  {
    const Journal journal(folder.path());
    EXPECT_EQ(journal.bytes_cut(), 0);
    EXPECT_EQ(journal.records().size(), records.size());
  }
  ::umount2(folder.path().c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace dovetail
