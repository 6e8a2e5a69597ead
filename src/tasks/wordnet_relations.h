// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wordnet/wordnet.h"

namespace dovetail {

// One of WordNet's 29 relations: 26 pointers and three that need none (Synonym, DefinedAs, UsedIn).
struct WordNetRelation {
  std::string name;               // "HasPart"
  std::string task;               // "has_part", the last part of the task's name
  std::string symbol;             // of the pointer (wnsearch(3WN), wninput(5WN)); "" without one
  std::string kind;               // lexical, phrasal, form
  std::string inverse;            // the relation that says the same backwards, its own name when
                                  // symmetric, "" when there is none
  bool is_between_words = false;  // pointers go from word to word, not from synset to synset
  std::string description;        // one sentence
};

const std::vector<WordNetRelation>& wordnet_relations();
const WordNetRelation& find_wordnet_relation(const std::string& name);

// One pointer, written out. A pointer between words joins those two words, one between synsets the
// first word of each. Synonym joins a synset's first word to each other word of it, DefinedAs to
// its definition, UsedIn to each of its examples.
struct WordNetFact {
  std::string head;        // the bare word
  std::string tail;        // the bare word, definition or example
  std::string head_sense;  // the head with its sense, "hot (adj.all)"; see SenseNames
  std::string tail_sense;  // the same of the tail; the tail itself when it is a text
};
std::vector<WordNetFact> wordnet_facts(const WordNet& wordnet, const WordNetRelation& relation);

// Triples are counted as distinct (relation, head, tail) of bare words, so that a pair which
// several senses share counts once: 584,492 in the whole of WordNet 3.0. (A word may be its own
// tail in another sense, as "run" derived from "run".)
int64_t count_triples(const std::vector<WordNetFact>& facts);

// Senses kept apart in text: "canine (noun.animal)", a word with its lexicographer file where that
// is one synset, otherwise with its definition: "hot (used of physical heat ...)".
class SenseNames {
 public:
  explicit SenseNames(const WordNet& wordnet);

  // `word` is an index into synset.words.
  std::string name(const Synset& synset, size_t word) const;
  // Always by the lexicographer file, for DefinedAs, whose answer is the definition: senses that
  // share word and file are then one head with several references.
  static std::string name_by_file(const Synset& synset, size_t word);

 private:
  std::vector<uint64_t> shared_;  // hashes of the names by file that several synsets have, sorted
};

}  // namespace dovetail
