// SPDX-License-Identifier: Apache-2.0
// A corpus in the making that is killed at any time comes out the same, and leaves nothing behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/file.h"
#include "base/random.h"
#include "text/build_corpus.h"
#include "text/corpus.h"
#include "text/corpus_progress.h"
#include "text/document_reader.h"
#include "text/text_fixture.h"

namespace dovetail {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

constexpr BuildCorpusOptions kOften{.threads = 1, .checkpoint_bytes = 1 << 18};

std::string random_text(int64_t lines, uint64_t seed) {
  Rng rng(seed);
  std::string text;
  for (int64_t i = 0; i < lines; ++i) {
    for (uint64_t left = rng.below(120); left > 0; --left)
      text += static_cast<char>('a' + rng.below(26));
    text += rng.below(50) == 0 ? "\xFF\r\n"s : rng.below(50) == 0 ? "\0\n"s : "\n"s;
  }
  return text;
}

std::string fresh_corpus(const std::string& text) {
  const ScratchFolder folder;
  build_corpus({folder.write("t", text)}, Vocabulary::bytes(), folder / "corpus");
  return read_file(folder / "corpus");
}

pid_t start_building(const ScratchFolder& folder, const BuildCorpusOptions& options) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    try {
      build_corpus({folder / "t"}, Vocabulary::bytes(), folder / "corpus", options);
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  return pid;
}

int end_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

uint64_t num_checkpoints(const ScratchFolder& folder) {
  const int file = ::open((folder / "corpus.partial.offsets").c_str(), O_RDONLY);
  if (file < 0) return 0;
  ProgressRecords records;
  records.read(file);
  ::close(file);
  return records.num_written();
}

// Killed once a few checkpoints are on disk.
void leave_half_a_corpus(const ScratchFolder& folder) {
  const pid_t pid = start_building(folder, kOften);
  while (num_checkpoints(folder) < 3 && ::waitpid(pid, nullptr, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  ASSERT_FALSE(fs::exists(folder / "corpus")) << "was ready before it could be killed";
  ASSERT_TRUE(fs::exists(folder / "corpus.partial"));
}

// Changes the text, but neither its size nor its time.
void change_first_byte(const fs::path& file, bool keep_time) {
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  const int descriptor = ::open(file.c_str(), O_WRONLY);
  ASSERT_EQ(::pwrite(descriptor, "Z", 1, 0), 1);
  ::close(descriptor);
  timespec times[2] = {status.st_atim, status.st_mtim};
  if (!keep_time) times[1].tv_sec += 7;
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
}

TEST(CorpusResume, KilledAtAnyTimeItComesOutTheSame) {
  const uint64_t seed = static_cast<uint64_t>(::time(nullptr));
  SCOPED_TRACE("seed " + std::to_string(seed));
  Rng rng(seed);
  const std::string text = random_text(40'000, seed);  // 2.5 MB
  const std::string expected = fresh_corpus(text);
  int num_kills = 0;
  for (int round = 0; round < 4; ++round) {
    const ScratchFolder folder;
    folder.write("t", text);
    const BuildCorpusOptions options{.threads = 1 + round % 2, .checkpoint_bytes = 1 << 18};
    for (uint64_t patience = 5'000;; patience += 5'000) {  // a busy machine gets there, too
      const pid_t pid = start_building(folder, options);
      std::this_thread::sleep_for(std::chrono::microseconds(rng.below(patience)));
      ::kill(pid, SIGKILL);
      const int status = end_of(pid);
      if (WIFEXITED(status)) break;
      ++num_kills;
    }
    build_corpus({folder / "t"}, Vocabulary::bytes(), folder / "corpus", options);
    ASSERT_TRUE(read_file(folder / "corpus") == expected) << "round " << round;
    EXPECT_EQ(folder.num_entries(), 2);
  }
  EXPECT_GT(num_kills, 4);
}

TEST(CorpusResume, GoesOnWhereItWas) {
  const std::string text = "a" + random_text(40'000, 1);
  const ScratchFolder folder;
  const fs::path file = folder.write("t", text);
  leave_half_a_corpus(folder);
  change_first_byte(file, true);

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus", kOften);

  // the first line was not read again
  EXPECT_TRUE(read_file(folder / "corpus") == fresh_corpus(text));
  EXPECT_EQ(folder.num_entries(), 2);
}

TEST(CorpusResume, AChangedTextIsReadFromTheStart) {
  const std::string text = "a" + random_text(40'000, 2);
  const ScratchFolder folder;
  const fs::path file = folder.write("t", text);
  leave_half_a_corpus(folder);
  change_first_byte(file, false);

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus", kOften);

  EXPECT_TRUE(read_file(folder / "corpus") == fresh_corpus("Z" + text.substr(1)));
  EXPECT_EQ(folder.num_entries(), 2);
}

TEST(CorpusResume, SpoiltProgressIsNoProgress) {
  const std::string text = random_text(40'000, 3);
  const std::string expected = fresh_corpus(text);
  for (const int64_t spoilt :
       {int64_t{0}, int64_t{4096}, int64_t{-1}}) {  // a record, the other, both
    const ScratchFolder folder;
    const fs::path file = folder.write("t", text);
    leave_half_a_corpus(folder);
    const int descriptor = ::open((folder / "corpus.partial.offsets").c_str(), O_WRONLY);
    for (const int64_t at : {int64_t{0}, int64_t{4096}}) {
      if (spoilt >= 0 && spoilt != at) continue;
      ASSERT_EQ(::pwrite(descriptor, "spoilt", 6, at + 40), 6);
    }
    ::close(descriptor);

    build_corpus({file}, Vocabulary::bytes(), folder / "corpus", kOften);

    EXPECT_TRUE(read_file(folder / "corpus") == expected) << spoilt;
    EXPECT_EQ(folder.num_entries(), 2);
  }
}

TEST(CorpusResume, LostTokensAreMadeAgain) {
  const std::string text = random_text(40'000, 4);
  const ScratchFolder folder;
  const fs::path file = folder.write("t", text);
  leave_half_a_corpus(folder);
  fs::resize_file(folder / "corpus.partial", 1000);

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus", kOften);

  EXPECT_TRUE(read_file(folder / "corpus") == fresh_corpus(text));
}

TEST(CorpusResume, LeftoversBesideAFinishedCorpusGo) {
  const ScratchFolder folder;
  const fs::path file = folder.write("t", "text\n");
  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");
  folder.write("corpus.partial", "old");
  folder.write("corpus.partial.offsets", "old");

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");

  EXPECT_EQ(folder.num_entries(), 2);
}

TEST(CorpusResume, AnyNumberOfThreadsMakesTheSameCorpus) {
  const ScratchFolder folder;
  const fs::path file = folder.write("t", random_text(40'000, 5));
  for (const int threads : {1, 2, 3, 7}) {
    build_corpus({file}, Vocabulary::bytes(), folder / std::to_string(threads),
                 {.threads = threads});
    EXPECT_TRUE(read_file(folder / std::to_string(threads)) == read_file(folder / "1")) << threads;
  }
}

// From every place between two documents the rest is read as if there had been no break.
TEST(DocumentReaderPosition, ReadsOnFromEveryPlace) {
  const ScratchFolder folder;
  const std::string nasty =
      "\xEF\xBB\xBF"
      "first\r\n\n \xFF\0 x\n"s +
      std::string(200'000, 'y') + "\0z\xC3"s + std::string(70'000, ' ') + "\nlast line";
  const std::vector<fs::path> files = {folder.write("a", nasty), folder.write("b", "\n"),
                                       folder.write("c", ""), folder.write("d", nasty)};
  std::vector<std::string> documents;
  std::vector<nlohmann::json> positions;
  DocumentReader whole(files);
  positions.push_back(whole.position());
  for (std::string document; whole.next(document); positions.push_back(whole.position())) {
    documents.push_back(document);
  }
  const nlohmann::json statistics = whole.statistics();

  for (size_t from = 0; from < positions.size(); ++from) {
    DocumentReader reader(files, positions[from].get<ReaderPosition>());
    size_t at = from;
    for (std::string document; reader.next(document); ++at)
      ASSERT_EQ(document, documents.at(at)) << from;
    EXPECT_EQ(at, documents.size());
    EXPECT_EQ(nlohmann::json(reader.statistics()), statistics) << from;
  }
  EXPECT_EQ(nlohmann::json(whole.position()).at("file"), 4);
}

}  // namespace
}  // namespace dovetail
