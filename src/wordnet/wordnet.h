// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dovetail {

// WordNet 3.0's database files as Debian's wordnet-base installs them (wndb(5WN)).
struct Synset {
  char part_of_speech = 'n';       // n v a s r
  int64_t offset = 0;              // with the part of speech, the synset's identity
  int lexicographer_file = 0;      // index into kLexicographerFiles
  std::vector<std::string> words;  // blanks for underscores, no syntactic marker
  struct Pointer {
    std::string symbol;  // "@", "!", "+", ...
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
  // By the offset that the line begins with, not by its place in the file, so that a sample of
  // the database keeps the numbers of the whole. Throws DataError when there is none.
  const Synset& find(char part_of_speech, int64_t offset) const;  // 's' and 'a' are the same file

 private:
  void read_file_of(size_t part, const std::filesystem::path& file);

  std::vector<Synset> synsets_;  // in file order: noun, verb, adj, adv
  std::vector<std::vector<std::pair<int64_t, int64_t>>> index_;  // by file: offset -> position
};

// A gloss is a definition and then examples in double quotes, with semicolons between them:
// "definition; "example"; "another"". An example begins at a semicolon, blanks or none, and a
// quote; quotes elsewhere belong to the text they stand in (a definition that quotes, a citation's
// author). Blanks, semicolons and an example's quotes at both ends are dropped. By this rule
// WordNet 3.0 has 117,659 definitions and 48,247 examples, 165,906 together.
void split_gloss(std::string_view gloss, std::string& definition,
                 std::vector<std::string>& examples);

// Where the database is: $WNSEARCHDIR, else /usr/share/wordnet. Throws ConfigError that names the
// Debian package when it is nowhere; a $WNSEARCHDIR without a database is an error too, not a
// reason to read another one.
std::filesystem::path wordnet_folder();
// Content hash of the database files in wordnet_folder().
std::string wordnet_fingerprint();
// The database of wordnet_folder(), read once a process. Safe to call from several threads.
const WordNet& shared_wordnet();

// Pre-training text: a definition or example a line, in file order (165,906 lines, 1,460,894
// words). A definition stands without the words that it defines and without its category, so the
// text holds the definitions of test synsets too, but no answer of a task that reads a definition:
// objectives are trained on unlabelled test inputs (a transductive setting), and papers should
// say so. Examples hold the word they are examples of, as in any text.
void write_wordnet_text(const WordNet& wordnet, const std::filesystem::path& target);

}  // namespace dovetail
