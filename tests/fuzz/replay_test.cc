// SPDX-License-Identifier: Apache-2.0
// The fuzzers' corpus without a fuzzer: every file is read or refused with a sentence, and so is
// every file with a megabyte of the same in its midst.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <ctime>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "fuzz/targets.h"

namespace dovetail::fuzz {
namespace {

namespace fs = std::filesystem;

using namespace std::string_literals;

struct Corpus {
  std::vector<fs::path> sound;    // as seeds.cc made them
  std::vector<fs::path> mutated;  // of a fuzzer; may be refused
};

Corpus corpus_of(const std::string& target) {
  Corpus corpus;
  const fs::path folder = fs::path(DOVETAIL_SOURCE_DIR) / "tests/fuzz/corpus" / target;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const bool is_mutated = entry.path().filename().string().starts_with("mutated-");
    (is_mutated ? corpus.mutated : corpus.sound).push_back(entry.path());
  }
  return corpus;
}

int64_t peak_kilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

class FuzzCorpus : public testing::TestWithParam<std::string> {
 protected:
  void read(std::string_view bytes) const { EXPECT_NO_THROW(run(targets().at(GetParam()), bytes)); }
};

TEST_P(FuzzCorpus, IsReadOrRefused) {
  const Corpus corpus = corpus_of(GetParam());
  EXPECT_FALSE(corpus.sound.empty());
  for (const fs::path& file : corpus.sound)
    EXPECT_NO_THROW(targets().at(GetParam())(read_file(file))) << file;
  for (const fs::path& file : corpus.mutated) {
    SCOPED_TRACE(file.string());
    read(read_file(file));
  }
}

// What nests, repeats, or claims to be long.
TEST_P(FuzzCorpus, AMegabyteOfTheSameTakesNeitherLongNorMuch) {
  constexpr size_t kBytes = 1'000'000;
  constexpr int64_t kMostKilobytes = 1 << 20;
  const std::vector<std::string> all = {"{\"a\":", "[[a]]\n", "\"",   "a\t,",
                                        "9",       "\n",      "\xff", "\0"s};
  const int64_t before = peak_kilobytes();
  for (const fs::path& file : corpus_of(GetParam()).sound) {
    const std::string sound = read_file(file);
    for (const std::string& piece : all) {
      SCOPED_TRACE(file.string() + " with " + testing::PrintToString(piece));
      std::string bytes = sound.substr(0, sound.size() / 2);
      while (bytes.size() < kBytes) bytes += piece;
      bytes += sound.substr(sound.size() / 2);
      const std::clock_t begun = std::clock();  // of this process: other work does not count
      read(bytes);
      EXPECT_LT(std::clock() - begun, 10 * CLOCKS_PER_SEC);
    }
  }
  EXPECT_LT(peak_kilobytes() - before, kMostKilobytes);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, target] : targets()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpus, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace dovetail::fuzz
