// SPDX-License-Identifier: Apache-2.0
#include "wordnet/wordnet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kSample = fs::path(DOVETAIL_SOURCE_DIR) / "data/wordnet-sample";
const fs::path kInstalled = "/usr/share/wordnet";

// A folder of its own that goes when the test ends.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "wordnet_test.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

  // A database whose nouns are these lines.
  void write_nouns(const std::string& lines) const {
    for (const char* file : {"data.verb", "data.adj", "data.adv"}) {
      write_file_atomically(path_ / file, "");
    }
    write_file_atomically(path_ / "data.noun", lines);
  }

 private:
  fs::path path_;
};

class SearchFolder {
 public:
  explicit SearchFolder(const std::string& folder) {
    if (const char* before = std::getenv("WNSEARCHDIR")) before_ = before;
    ::setenv("WNSEARCHDIR", folder.c_str(), 1);
  }
  ~SearchFolder() {
    before_ ? ::setenv("WNSEARCHDIR", before_->c_str(), 1) : ::unsetenv("WNSEARCHDIR");
  }

 private:
  std::optional<std::string> before_;
};

template <typename Error, typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

struct Gloss {
  std::string definition;
  std::vector<std::string> examples;
  explicit Gloss(const std::string& gloss) { split_gloss(gloss, definition, examples); }
};

TEST(SplitGloss, TakesExamplesFromTheFirstSemicolonAndQuote) {
  const Gloss gloss("a visible entity; an entity with a shadow; \"full of rackets\";\"two\"  ");

  EXPECT_EQ(gloss.definition, "a visible entity; an entity with a shadow");
  EXPECT_THAT(gloss.examples, ElementsAre("full of rackets", "two"));
}

TEST(SplitGloss, KeepsQuotesAndSemicolonsInsideWhatTheyStandIn) {
  const Gloss quoting("promise of reward as in \"carrot and stick\"; \"he came; he saw\"");
  const Gloss citing("to fail; \"The readiness is all\"- Shakespeare; \"a strand of pearls\";");
  const Gloss bare("having no limits  ");

  EXPECT_EQ(quoting.definition, "promise of reward as in \"carrot and stick\"");
  EXPECT_THAT(quoting.examples, ElementsAre("he came; he saw"));
  EXPECT_THAT(citing.examples,
              ElementsAre("The readiness is all\"- Shakespeare", "a strand of pearls"));
  EXPECT_EQ(bare.definition, "having no limits");
  EXPECT_TRUE(bare.examples.empty());
}

TEST(WordNet, ReadsALineOfEachKindOfField) {
  const Folder folder;
  folder.write_nouns(
      "  1 a notice  \n"
      "00000100 05 n 02 domestic_dog 0 Dog(p) 1 "
      "002 @ 00000042 n 0000 + 00000042 n 0201 | a canine; \"sit\"  \n"
      "00000042 03 n 01 thing 0 000 | what is");

  const WordNet wordnet(folder.path());

  ASSERT_EQ(wordnet.synsets().size(), 2);
  const Synset& dog = wordnet.find('n', 100);
  EXPECT_THAT(dog.words, ElementsAre("domestic dog", "Dog"));
  EXPECT_EQ(kLexicographerFiles[dog.lexicographer_file], "noun.animal");
  ASSERT_EQ(dog.pointers.size(), 2);
  EXPECT_EQ(dog.pointers[0].symbol, "@");
  EXPECT_EQ(dog.pointers[0].source_word, 0);
  EXPECT_EQ(dog.pointers[1].source_word, 2);
  EXPECT_EQ(dog.pointers[1].target_word, 1);
  EXPECT_EQ(dog.definition, "a canine");
  EXPECT_THAT(dog.examples, ElementsAre("sit"));
  EXPECT_THAT(wordnet.find('n', 42).words, ElementsAre("thing"));
}

TEST(WordNet, SaysWhereADamagedLineIs) {
  struct Case {
    std::string line, expected;
  };
  const std::vector<Case> cases = {
      {"0000x100 05 n 01 dog 0 000 | d",
       "data.noun:2: expected a synset's offset, found \"0000x100\""},
      {"00000100 45 n 01 dog 0 000 | d", "lexicographer file's number below 45"},
      {"00000100 05 q 01 dog 0 000 | d", "expected a part of speech"},
      {"00000100 05 v 01 dog 0 000 | d", "this file's part of speech, found \"v\""},
      {"00000100 05 n 00 000 | d", "expected at least one word"},
      {"00000100 05 n 01 dog 0 001 @ 00000042 n 00 | d", "4 hexadecimal digits"},
      {"00000100 05 n 01 dog 0 001 + 00000042 n 0201 | d", "a pointer from one of 1 words"},
      {"00000100 05 n 01 dog 0 002 @ 00000042 n 0000 | d", "pointer's symbol, found \"nothing\""},
      {"00000100 05 n 01 dog 0 000", "expected a gloss"},
      {"00000100 05 n 01 dog", "word's lexicographer id, found \"nothing\""},
      {"", "synset's offset, found \"nothing\""},
  };
  for (const Case& damaged : cases) {
    const Folder folder;
    folder.write_nouns("00000042 03 n 01 thing 0 000 | what is\n" + damaged.line + "\n");

    const std::string message = message_of<DataError>([&] { WordNet wordnet(folder.path()); });

    EXPECT_THAT(message, HasSubstr(damaged.expected)) << damaged.line;
  }
}

TEST(WordNet, SaysWhichSynsetIsMissing) {
  const WordNet wordnet(kSample);

  EXPECT_THAT(message_of<DataError>([&] { wordnet.find('s', 1); }),
              HasSubstr("data.adj has no synset 00000001"));
}

TEST(WordNet, SampleIsClosedUnderItsPointers) {
  const WordNet wordnet(kSample);

  EXPECT_GT(wordnet.synsets().size(), 500);
  for (const Synset& synset : wordnet.synsets()) {
    for (const Synset::Pointer& pointer : synset.pointers) {
      const Synset& other = wordnet.find(pointer.part_of_speech, pointer.offset);
      EXPECT_LE(pointer.target_word, other.words.size());
    }
  }
  EXPECT_THAT(read_file(kSample / "LICENSE"), HasSubstr("WordNet 3.0 Copyright 2006"));
}

TEST(WordNet, FolderIsTheChosenOneOrTheError) {
  const Folder empty;
  {
    const SearchFolder search(kSample.string());
    EXPECT_EQ(wordnet_folder(), kSample);
    EXPECT_EQ(&shared_wordnet(), &shared_wordnet());
    EXPECT_EQ(wordnet_fingerprint(), wordnet_fingerprint());
  }
  const SearchFolder search(empty.path().string());

  const std::string message = message_of<ConfigError>([] { wordnet_folder(); });

  EXPECT_THAT(message, HasSubstr("apt-get install wordnet-base"));
  EXPECT_THAT(message, HasSubstr(empty.path().string() + " (from WNSEARCHDIR)"));
}

TEST(WordNet, FingerprintFollowsTheContent) {
  const Folder folder;
  const SearchFolder search(folder.path().string());
  folder.write_nouns("00000042 03 n 01 thing 0 000 | what is\n");
  const std::string before = wordnet_fingerprint();

  folder.write_nouns("00000042 03 n 01 thing 0 000 | what was\n");

  EXPECT_NE(wordnet_fingerprint(), before);
}

TEST(WordNet, SeveralThreadsShareOne) {
  const SearchFolder search(kSample.string());
  std::vector<const WordNet*> seen(4);
  std::vector<std::thread> threads;
  for (const WordNet*& one : seen) threads.emplace_back([&one] { one = &shared_wordnet(); });
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(seen, testing::Each(seen[0]));
}

TEST(WordNetText, IsADefinitionOrExampleALine) {
  const Folder folder;
  folder.write_nouns(
      "00000042 03 n 01 thing 0 000 | what is; \"a thing\"; \"no thing\"\n"
      "00000043 05 n 01 dog 0 000 | a canine\n");

  write_wordnet_text(WordNet(folder.path()), folder.path() / "text");

  EXPECT_EQ(read_file(folder.path() / "text"), "what is\na thing\nno thing\na canine\n");
}

// The counts that data set and corpus are known by; also counted by a program of its own in Python
// (tests/oracles/wordnet_counts.py).
TEST(WordNetText, WholeDatabaseHasTheKnownCounts) {
  if (!fs::exists(kInstalled / "data.noun")) {
    GTEST_SKIP() << "needs WordNet in " << kInstalled << ": apt-get install wordnet-base";
  }
  const Folder folder;
  const WordNet wordnet(kInstalled);
  int64_t num_examples = 0;
  for (const Synset& synset : wordnet.synsets()) {
    EXPECT_FALSE(synset.definition.empty()) << synset.words[0];
    num_examples += static_cast<int64_t>(synset.examples.size());
  }

  write_wordnet_text(wordnet, folder.path() / "text");

  EXPECT_EQ(wordnet.synsets().size(), 117659);
  EXPECT_EQ(num_examples, 48247);
  const std::string text = read_file(folder.path() / "text");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 165906);
  EXPECT_EQ(std::count(text.begin(), text.end(), ' ') + 165906, 1460894);
  EXPECT_EQ(text.find("\n\n"), std::string::npos);
}

}  // namespace
}  // namespace dovetail
