// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dovetail {

// A set of synonyms of WordNet 3.0, with its pointers to others and its gloss. One line of the
// database, which Debian's wordnet-base installs; wndb(5WN) has the format.
struct Synset {
  char part_of_speech = 'n';       // n v a s r
  int64_t offset = 0;              // with the part of speech, the synset's identity
  int lexicographer_file = 0;      // index into kLexicographerFiles
  std::vector<std::string> words;  // spaces for underscores; without markers such as "(p)"
  struct Pointer {
    std::string symbol;  // "@" hypernym, "!" antonym, ...: wninput(5WN)
    char part_of_speech = 'n';
    int64_t offset = 0;
    int source_word = 0, target_word = 0;  // 1-based; 0: the whole synset
  };
  std::vector<Pointer> pointers;
  std::string definition;             // of the gloss
  std::vector<std::string> examples;  // of the gloss, without quotes
};

// "adj.all", ..., 45 of them, in the numbering of lexnames(5WN).
extern const std::vector<std::string> kLexicographerFiles;

class WordNet {
 public:
  // Reads data.{noun,verb,adj,adv}. Throws DataError naming file and line.
  explicit WordNet(const std::filesystem::path& folder);

  const std::vector<Synset>& synsets() const { return synsets_; }
  // Finds a synset by the offset at the start of its line, not by its place in the file, so that a
  // sample of the database keeps the offsets of the whole. Throws DataError if there is none.
  const Synset& find(char part_of_speech, int64_t offset) const;  // 's' and 'a' are the same file

 private:
  void read_file_of(size_t part, const std::filesystem::path& file);

  std::vector<Synset> synsets_;  // in file order: noun, verb, adj, adv
  // For each file: (offset, index into synsets_), sorted.
  std::vector<std::vector<std::pair<int64_t, int64_t>>> index_;
};

// Splits a gloss: a definition, then examples in double quotes, separated by semicolons
// ("definition; "example"; "another""). An example starts at a semicolon, optional spaces and a
// quote; other quotes belong to the text around them (a quoting definition, a citation's author).
// Spaces, semicolons and the quotes of an example are stripped from both ends. By this rule WordNet
// 3.0 has 117,659 definitions and 48,247 examples, 165,906 together.
void split_gloss(std::string_view gloss, std::string& definition,
                 std::vector<std::string>& examples);

// The folder of the database: $WNSEARCHDIR, else /usr/share/wordnet. Throws a ConfigError with the
// name of the Debian package if it is not there. A $WNSEARCHDIR without a database is an error,
// too.
std::filesystem::path wordnet_folder();
// Content hash of the database files in wordnet_folder().
std::string wordnet_fingerprint();
// The database of wordnet_folder(), read once by the process. Thread-safe.
const WordNet& shared_wordnet();

// Writes the pre-training text "wordnet-text": a definition or example a line, in file order
// (165,906 lines, 1,460,894 words). Definitions come without the words that they define and without
// their lexicographer file. So the text has the definitions of test synsets, but no answer of a
// task that reads a definition: objectives see unlabelled test inputs (a transductive setting), and
// papers should say so. Examples contain the word they are examples of, as any text does.
void write_wordnet_text(const WordNet& wordnet, const std::filesystem::path& target);

}  // namespace dovetail
