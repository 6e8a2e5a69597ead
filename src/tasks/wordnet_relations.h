// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wordnet/wordnet.h"

namespace dovetail {

// One of 29 relations of WordNet: 26 kinds of pointer, and Synonym, DefinedAs and UsedIn, which
// follow from the synsets themselves.
struct WordNetRelation {
  std::string name;               // "HasPart"
  std::string task;               // "has_part", the last part of the task's name
  std::string symbol;             // of the pointer (wnsearch(3WN), wninput(5WN)); "" without one
  std::string kind;               // lexical, phrasal, form
  std::string inverse;            // the relation with head and tail exchanged: its own name
                                  // when symmetric, "" for none
  bool is_between_words = false;  // pointers join words, not synsets
  std::string description;        // one sentence
};

const std::vector<WordNetRelation>& wordnet_relations();
const WordNetRelation& find_wordnet_relation(const std::string& name);

// One pointer as text. A pointer between words joins those two words; one between synsets joins
// the first word of each. Synonym joins the first word of a synset to each of its other words,
// DefinedAs to its definition, UsedIn to each of its examples.
struct WordNetFact {
  std::string head;        // the bare word
  std::string tail;        // the bare word, definition or example
  std::string head_sense;  // the head with its sense, "hot (adj.all)"; see SenseNames
  std::string tail_sense;  // the tail with its sense; for a text the tail itself
};
std::vector<WordNetFact> wordnet_facts(const WordNet& wordnet, const WordNetRelation& relation);

// Counts distinct (relation, head, tail) of bare words: 584,492 in the whole of WordNet 3.0. A pair
// that several senses share counts once. (A word may be its own tail in another sense, as "run"
// derived from "run".)
int64_t count_triples(const std::vector<WordNetFact>& facts);

// Names that keep the senses of a word apart in text. A word with its lexicographer file,
// "canine (noun.animal)", where this names one synset; else with its definition, "hot (used of
// physical heat ...)".
class SenseNames {
 public:
  explicit SenseNames(const WordNet& wordnet);

  // `word` is an index into synset.words.
  std::string name(const Synset& synset, size_t word) const;
  // Always by the lexicographer file. DefinedAs needs it, because the definition is its answer:
  // senses that share word and file are one head with several references.
  static std::string name_by_file(const Synset& synset, size_t word);

 private:
  std::vector<uint64_t> shared_;  // sorted hashes of the names by file that several synsets share
};

}  // namespace dovetail
