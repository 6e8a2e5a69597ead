// SPDX-License-Identifier: Apache-2.0
#include "tasks/wordnet_relations.h"

#include <algorithm>
#include <unordered_set>

#include "base/catalogue.h"
#include "base/error.h"
#include "base/hash.h"

namespace dovetail {

namespace {

const std::vector<WordNetRelation> kRelations = {
    {"Antonym", "antonym", "!", "lexical", "Antonym", true, "a word -> its opposite"},
    {"Synonym", "synonym", "", "lexical", "Synonym", false, "a word -> other words for the same"},
    {"Hypernym", "hypernym", "@", "lexical", "Hyponym", false, "a thing or act -> its kind"},
    {"Hyponym", "hyponym", "~", "lexical", "Hypernym", false, "a kind -> one of that kind"},
    {"InstanceOf", "instance_of", "@i", "lexical", "HasInstance", false, "a name -> what it is"},
    {"HasInstance", "has_instance", "~i", "lexical", "InstanceOf", false, "a class -> a name"},
    {"MemberOf", "member_of", "#m", "lexical", "HasMember", false, "a member -> its group"},
    {"HasMember", "has_member", "%m", "lexical", "MemberOf", false, "a group -> a member"},
    {"PartOf", "part_of", "#p", "lexical", "HasPart", false, "a part -> its whole"},
    {"HasPart", "has_part", "%p", "lexical", "PartOf", false, "a whole -> a part"},
    {"SubstanceOf", "substance_of", "#s", "lexical", "HasSubstance", false,
     "a substance -> what is made of it"},
    {"HasSubstance", "has_substance", "%s", "lexical", "SubstanceOf", false,
     "a thing -> a substance in it"},
    {"Attribute", "attribute", "=", "lexical", "Attribute", false,
     "a quality -> a value of it, and back"},
    {"DerivedFrom", "derived_from", "+", "form", "DerivedFrom", true,
     "a word -> one of the same root"},
    {"PertainsTo", "pertains_to", "\\", "form", "", true,
     "an adjective or adverb -> the word that it is formed from"},
    {"ParticipleOf", "participle_of", "<", "form", "", true, "a participle -> its verb"},
    {"SimilarTo", "similar_to", "&", "lexical", "SimilarTo", false,
     "an adjective -> one of similar meaning"},
    {"AlsoSee", "also_see", "^", "lexical", "AlsoSee", false, "a word -> a related one"},
    {"VerbGroup", "verb_group", "$", "lexical", "VerbGroup", false,
     "a verb -> one of similar meaning"},
    {"Entails", "entails", "*", "lexical", "", false, "a verb -> what cannot but happen too"},
    {"Causes", "causes", ">", "lexical", "", false, "a verb -> what it brings about"},
    {"InTopic", "in_topic", ";c", "lexical", "TopicOf", false, "a word -> its field"},
    {"TopicOf", "topic_of", "-c", "lexical", "InTopic", false, "a field -> a word of it"},
    {"InRegion", "in_region", ";r", "lexical", "RegionOf", false, "a word -> where it is used"},
    {"RegionOf", "region_of", "-r", "lexical", "InRegion", false, "a region -> a word of it"},
    {"InUsage", "in_usage", ";u", "lexical", "UsageOf", false, "a word -> its manner of use"},
    {"UsageOf", "usage_of", "-u", "lexical", "InUsage", false, "a manner of use -> a word used so"},
    {"DefinedAs", "defined_as", "", "phrasal", "", false, "a word -> its definition"},
    {"UsedIn", "used_in", "", "phrasal", "", false, "a word -> a sentence with it"},
};

}  // namespace

const std::vector<WordNetRelation>& wordnet_relations() { return kRelations; }

const WordNetRelation& find_wordnet_relation(const std::string& name) {
  return find_in_catalogue("WordNet relation", wordnet_relations(), name);
}

namespace {

// Identifies name_by_file. Hashing all 206,978 words takes a tenth of the time of naming them.
uint64_t hash_by_file(const Synset& synset, size_t word) {
  return hash64(synset.words[word], static_cast<uint64_t>(synset.lexicographer_file));
}

}  // namespace

SenseNames::SenseNames(const WordNet& wordnet) {
  std::vector<uint64_t> all;
  for (const Synset& synset : wordnet.synsets()) {
    for (size_t i = 0; i < synset.words.size(); ++i) all.push_back(hash_by_file(synset, i));
  }
  std::sort(all.begin(), all.end());
  for (size_t i = 1; i < all.size(); ++i) {
    if (all[i] == all[i - 1]) shared_.push_back(all[i]);
  }
}

std::string SenseNames::name(const Synset& synset, size_t word) const {
  if (!std::binary_search(shared_.begin(), shared_.end(), hash_by_file(synset, word))) {
    return name_by_file(synset, word);
  }
  return synset.words[word] + " (" + synset.definition + ")";
}

std::string SenseNames::name_by_file(const Synset& synset, size_t word) {
  return synset.words[word] + " (" +
         kLexicographerFiles[static_cast<size_t>(synset.lexicographer_file)] + ")";
}

namespace {

// The index of a pointer's word. 0 is the whole synset, represented by its first word.
size_t word_index(const Synset& synset, int word_of_pointer) {
  const size_t index = word_of_pointer == 0 ? 0 : static_cast<size_t>(word_of_pointer) - 1;
  if (index >= synset.words.size()) {
    throw_<DataError>(
        "a pointer of WordNet names word {} of synset {:08}, which has {} words: "
        "the database is damaged; reinstall it (wordnet-base)",
        word_of_pointer, synset.offset, synset.words.size());
  }
  return index;
}

void append_pointers(const WordNet& wordnet, const Synset& synset, const std::string& symbol,
                     const SenseNames& names, std::vector<WordNetFact>& facts) {
  for (const Synset::Pointer& pointer : synset.pointers) {
    if (pointer.symbol != symbol) continue;
    const Synset& other = wordnet.find(pointer.part_of_speech, pointer.offset);
    const size_t head = word_index(synset, pointer.source_word);
    const size_t tail = word_index(other, pointer.target_word);
    facts.push_back({.head = synset.words[head],
                     .tail = other.words[tail],
                     .head_sense = names.name(synset, head),
                     .tail_sense = names.name(other, tail)});
  }
}

void append_synonyms(const Synset& synset, const SenseNames& names,
                     std::vector<WordNetFact>& facts) {
  for (size_t i = 1; i < synset.words.size(); ++i) {
    facts.push_back({.head = synset.words[0],
                     .tail = synset.words[i],
                     .head_sense = names.name(synset, 0),
                     .tail_sense = names.name(synset, i)});
  }
}

WordNetFact text_fact(const Synset& synset, std::string head_sense, const std::string& text) {
  return {.head = synset.words[0],
          .tail = text,
          .head_sense = std::move(head_sense),
          .tail_sense = text};
}

}  // namespace

std::vector<WordNetFact> wordnet_facts(const WordNet& wordnet, const WordNetRelation& relation) {
  std::vector<WordNetFact> facts;
  const SenseNames names(wordnet);
  for (const Synset& synset : wordnet.synsets()) {
    if (!relation.symbol.empty()) {
      append_pointers(wordnet, synset, relation.symbol, names, facts);
    } else if (relation.name == "Synonym") {
      append_synonyms(synset, names, facts);
    } else if (relation.name == "DefinedAs") {
      facts.push_back(text_fact(synset, SenseNames::name_by_file(synset, 0), synset.definition));
    } else if (relation.name == "UsedIn") {
      for (const std::string& example : synset.examples) {
        facts.push_back(text_fact(synset, names.name(synset, 0), example));
      }
    }
  }
  return facts;
}

int64_t count_triples(const std::vector<WordNetFact>& facts) {
  std::unordered_set<std::string> pairs;
  pairs.reserve(facts.size());
  for (const WordNetFact& fact : facts) pairs.insert(fact.head + '\t' + fact.tail);
  return static_cast<int64_t>(pairs.size());
}

}  // namespace dovetail
