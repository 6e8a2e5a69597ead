// SPDX-License-Identifier: Apache-2.0
#include "text/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/stop.h"
#include "text/build_corpus.h"
#include "text/corpus_names.h"
#include "text/text_fixture.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

TEST(Corpus, HoldsTheIdsOfEveryLine) {
  const ScratchFolder folder;
  const Vocabulary vocabulary = Vocabulary::from_file(golden_folder() / "spiece.model");
  const auto a = folder.write("a.txt", "the first line\n\na second one\n");
  const auto b = folder.write("b.txt", "and a third");

  build_corpus({a, b}, vocabulary, folder / "made/on/the/way.corpus");
  const TokenCorpus corpus(folder / "made/on/the/way.corpus");

  ASSERT_EQ(corpus.num_documents(), 3);
  EXPECT_EQ(corpus.document(0), vocabulary.encode("the first line"));
  EXPECT_EQ(corpus.document(1), vocabulary.encode("a second one"));
  EXPECT_EQ(corpus.document(2), vocabulary.encode("and a third"));
  EXPECT_TRUE(std::ranges::equal(corpus.narrow_document(2), corpus.document(2)));
  EXPECT_EQ(corpus.num_tokens(), corpus.statistics().tokens);
  EXPECT_EQ(corpus.vocabulary_hash(), vocabulary.content_hash());
  EXPECT_THROW(corpus.document(3), std::out_of_range);
  EXPECT_THROW(corpus.document(-1), std::out_of_range);
  corpus.verify();
}

// Ids of ByT5: 'a' is 97 + 3.
TEST(Corpus, CountsNastyInput) {
  const ScratchFolder folder;
  const auto file = folder.write(
      "nasty.txt", "a\r\n\n\0\0\nb\0\n\xFF\n"s + std::string(1'000'000, 'x') + "\n  \nend");

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");
  const TokenCorpus corpus(folder / "corpus");
  const CorpusStatistics& counted = corpus.statistics();

  EXPECT_THAT(corpus.document(0), ElementsAre(100));
  EXPECT_THAT(corpus.document(1), ElementsAre(101));
  EXPECT_THAT(corpus.document(2), ElementsAre(0xEF + 3, 0xBF + 3, 0xBD + 3));
  EXPECT_EQ(counted.lines, 8);
  EXPECT_EQ(counted.empty_lines, 3);
  EXPECT_EQ(counted.nul_lines, 2);
  EXPECT_EQ(counted.crlf_lines, 1);
  EXPECT_EQ(counted.invalid_utf8_lines, 1);
  EXPECT_EQ(counted.long_lines, 1);
  EXPECT_EQ(counted.documents, 3 + 16 + 1);  // 1,000,000 / 65,536 = 15.3
  EXPECT_EQ(counted.tokens, 1 + 1 + 3 + 1'000'000 + 3);
  EXPECT_EQ(counted.bytes, 3 + 1 + 3 + 3 + 2 + 1'000'001 + 3 + 3);
}

TEST(Corpus, CountsTextWithoutTokens) {
  const ScratchFolder folder;
  const Vocabulary vocabulary = Vocabulary::from_file(golden_folder() / "spiece.model");

  // SentencePiece's normalizer turns a zero-width space into a space
  build_corpus({folder.write("t", "\u200b\nword\n")}, vocabulary, folder / "corpus");
  const TokenCorpus corpus(folder / "corpus");

  EXPECT_EQ(corpus.num_documents(), 1);
  EXPECT_EQ(corpus.statistics().tokenless_documents, 1);
}

TEST(Corpus, LargeVocabulariesTakeWideTokens) {
  const ScratchFolder folder;
  const auto file = folder.write("t", "ab\n");

  build_corpus({file}, Vocabulary::bytes(65536 - 259), folder / "narrow");
  build_corpus({file}, Vocabulary::bytes(65536 - 258), folder / "wide");

  EXPECT_TRUE(TokenCorpus(folder / "narrow").is_narrow());
  const TokenCorpus wide(folder / "wide");
  EXPECT_FALSE(wide.is_narrow());
  EXPECT_THAT(wide.document(0), ElementsAre(100, 101));
  EXPECT_THROW(wide.narrow_document(0), std::logic_error);
}

TEST(Corpus, IsBuiltOnce) {
  const ScratchFolder folder;
  const auto file = folder.write("t", "text\n");
  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");

  folder.write("t", "another text\n");
  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");

  EXPECT_EQ(TokenCorpus(folder / "corpus").num_tokens(), 4);
  EXPECT_THAT(
      message_of<DataError>([&] { build_corpus({file}, Vocabulary::bytes(7), folder / "corpus"); }),
      HasSubstr("another vocabulary"));
  EXPECT_EQ(folder.num_entries(), 2);  // no temporary file stays
}

TEST(Corpus, ATornFileIsMadeAnew) {
  const ScratchFolder folder;
  const auto file = folder.write("t", "text\n");
  folder.write("corpus", "DVTCORP\n torn");

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");

  EXPECT_EQ(TokenCorpus(folder / "corpus").num_documents(), 1);
}

TEST(Corpus, ADamagedTokenIsMadeAnew) {
  const ScratchFolder folder;
  const auto file = folder.write("t", "text\n");
  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");
  const std::string whole = read_file(folder / "corpus");
  std::string damaged = whole;
  damaged[64] ^= 1;  // the first token, behind the header
  folder.write("corpus", damaged);

  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");

  EXPECT_EQ(read_file(folder / "corpus"), whole);
}

TEST(Corpus, RefusesTextThatIsNone) {
  const ScratchFolder folder;
  const auto empty = folder.write("empty.txt", "\n \n");

  EXPECT_THAT(
      message_of<DataError>([&] { build_corpus({empty}, Vocabulary::bytes(), folder / "c"); }),
      HasSubstr("expected text, found none in 2 lines"));
  EXPECT_THROW(build_corpus({folder / "absent"}, Vocabulary::bytes(), folder / "c"), DataError);
  EXPECT_EQ(folder.num_entries(), 1);
}

// Two ranks at the same moment: both succeed, one whole file is there, and nothing else.
TEST(Corpus, TwoProcessesMayBuildAtOnce) {
  const ScratchFolder folder;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i) + "\n";
  const auto file = folder.write("t", text);

  const pid_t other = ::fork();
  if (other == 0) {
    try {
      build_corpus({file}, Vocabulary::bytes(), folder / "corpus");
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");
  int status = 1;
  ::waitpid(other, &status, 0);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(TokenCorpus(folder / "corpus").num_documents(), 20'000);
  EXPECT_EQ(folder.num_entries(), 2);
}

// In a process of its own, as the stop flag and the limit have no way back.
int exit_code_of(const std::function<void()>& before, const ScratchFolder& folder) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    before();
    try {
      build_corpus({folder / "t"}, Vocabulary::bytes(), folder / "corpus",
                   {.checkpoint_bytes = 1 << 20});
    } catch (const Interrupted&) {
      ::_exit(kInterrupted);
    } catch (const SystemError&) {
      ::_exit(kFailure);
    }
    ::_exit(kSuccess);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WEXITSTATUS(status);
}

TEST(Corpus, AnEarlyStopOrAFullDiskLeavesNothingBehind) {
  const ScratchFolder folder;
  folder.write("t", std::string(3'000'000, 'x'));

  EXPECT_EQ(exit_code_of([] { request_stop(); }, folder), kInterrupted);
  EXPECT_EQ(folder.num_entries(), 1);
  const auto limit_files = [] {
    ::signal(SIGXFSZ, SIG_IGN);  // writing then fails with EFBIG, as it does with ENOSPC
    const rlimit limit{2'000'000, 2'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  };
  EXPECT_EQ(exit_code_of(limit_files, folder), kFailure);
  EXPECT_EQ(folder.num_entries(), 1);
}

TEST(Corpus, NamesAndFiles) {
  const ScratchFolder folder;
  const auto file = folder.write("mine.txt", "text\n");

  EXPECT_EQ(corpus_text(file, folder.path()), file);
  EXPECT_EQ(corpus_fingerprint(file), content_hash("text\n"));
  EXPECT_THAT(message_of<ConfigError>([&] { corpus_text("wordnet-txt", folder.path()); }),
              HasSubstr("wordnet-text"));
  EXPECT_THROW(corpus_fingerprint("wordnet-txt"), ConfigError);
  EXPECT_THAT(corpus_names(), ElementsAre("wordnet-text"));
}

TEST(Corpus, WordnetText) {
  if (!std::filesystem::exists("/usr/share/wordnet/data.noun"))
    GTEST_SKIP() << "wordnet-base is not installed";
  const ScratchFolder folder;

  const auto file = corpus_text("wordnet-text", folder / "cache");
  const auto again = corpus_text("wordnet-text", folder / "cache");

  EXPECT_EQ(file, again);
  EXPECT_THAT(file.filename().string(), HasSubstr(corpus_fingerprint("wordnet-text")));
  build_corpus({file}, Vocabulary::bytes(), folder / "corpus");
  const CorpusStatistics counted = TokenCorpus(folder / "corpus").statistics();
  EXPECT_EQ(counted.lines, 165'906);
  EXPECT_EQ(counted.documents, 165'906);
  EXPECT_EQ(counted.invalid_utf8_lines + counted.nul_lines + counted.long_lines, 0);
}

}  // namespace
}  // namespace dovetail
