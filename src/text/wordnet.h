// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dovetail {

// WordNet 3.0's database files as Debian's wordnet-base installs them (wndb(5WN)).
struct Synset {
  char part_of_speech = 'n';             // n v a s r
  int64_t offset = 0;                    // with the part of speech, the synset's identity
  int lexicographer_file = 0;            // index into kLexicographerFiles
  std::vector<std::string> words;        // blanks for underscores, no syntactic marker
  struct Pointer {
    std::string symbol;                  // "@", "!", "+", ...
    char part_of_speech = 'n';
    int64_t offset = 0;
    int source_word = 0, target_word = 0;   // 1-based; 0: the whole synset
  };
  std::vector<Pointer> pointers;
  std::string definition;                // of the gloss
  std::vector<std::string> examples;     // of the gloss, without quotes
};

extern const std::vector<std::string> kLexicographerFiles;   // "adj.all", ..., 45 of them

class WordNet {
 public:
  // Reads data.{noun,verb,adj,adv}. Throws DataError naming file and line.
  explicit WordNet(const std::filesystem::path& folder);

  const std::vector<Synset>& synsets() const { return synsets_; }
  const Synset& find(char part_of_speech, int64_t offset) const;   // 's' and 'a' are the same file

 private:
  std::vector<Synset> synsets_;          // in file order: noun, verb, adj, adv
  std::vector<std::vector<std::pair<int64_t, int64_t>>> index_;   // by file: offset -> position
};

// Where the database is: $WNSEARCHDIR, /usr/share/wordnet. Throws ConfigError that names the
// Debian package when it is nowhere.
std::filesystem::path wordnet_folder();
// Content hash of the database files.
std::string wordnet_fingerprint();

// Pre-training text: a definition or example a line, in file order (165,906 lines).
void write_wordnet_text(const WordNet& wordnet, const std::filesystem::path& target);

}  // namespace dovetail
