// SPDX-License-Identifier: Apache-2.0
#include "tasks/wordnet_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "examples/verbalizer.h"
#include "tasks/wordnet_reading.h"
#include "tasks/wordnet_relations.h"
#include "tasks/wordnet_split.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kSample = fs::path(DOVETAIL_SOURCE_DIR) / "data/wordnet-sample";
const fs::path kInstalled = "/usr/share/wordnet";

// The embedded sample as the database, for tests that need no more.
class WordNetSample : public testing::Test {
 protected:
  void SetUp() override { choose(kSample); }
  void TearDown() override {
    before_ ? ::setenv("WNSEARCHDIR", before_->c_str(), 1) : ::unsetenv("WNSEARCHDIR");
  }
  void choose(const fs::path& folder) { ::setenv("WNSEARCHDIR", folder.c_str(), 1); }

 private:
  std::optional<std::string> before_ = std::getenv("WNSEARCHDIR")
                                           ? std::optional<std::string>(std::getenv("WNSEARCHDIR"))
                                           : std::nullopt;
};

class WholeWordNet : public WordNetSample {
 protected:
  void SetUp() override {
    if (!fs::exists(kInstalled / "data.noun")) {
      GTEST_SKIP() << "needs WordNet in " << kInstalled << ": apt-get install wordnet-base";
    }
    choose(kInstalled);
  }
};

TaskData load(const std::string& name) {
  for (const Task& task : wordnet_tasks()) {
    if (task.name == name) return task.load();
  }
  throw_<ConfigError>("no task {}", name);
}

std::set<std::string> sources(const std::vector<Example>& examples) {
  std::set<std::string> all;
  for (const Example& example : examples) all.insert(example.source);
  return all;
}

std::set<std::string> references(const TaskData& data) {
  std::set<std::string> all;
  for (const auto* side : {&data.train, &data.test}) {
    for (const Example& example : *side) {
      all.insert(example.references.begin(), example.references.end());
    }
  }
  return all;
}

std::vector<std::string> references_of(const TaskData& data, const std::string& source) {
  for (const auto* side : {&data.train, &data.test}) {
    for (const Example& example : *side) {
      if (example.source == source) return example.references;
    }
  }
  return {};
}

template <typename T>
size_t num_shared(const std::set<T>& a, const std::set<T>& b) {
  size_t shared = 0;
  for (const T& one : a) shared += b.count(one);
  return shared;
}

using Pairs = std::set<std::pair<std::string, std::string>>;

Pairs bare_pairs(const std::vector<WordNetFact>& facts) {
  Pairs pairs;
  for (const WordNetFact& fact : facts) pairs.emplace(fact.head, fact.tail);
  return pairs;
}

Pairs turned_pairs(const std::vector<WordNetFact>& facts) {
  Pairs pairs;
  for (const WordNetFact& fact : facts) pairs.emplace(fact.tail, fact.head);
  return pairs;
}

std::set<std::string> heads(const std::vector<WordNetFact>& facts) {
  std::set<std::string> all;
  for (const WordNetFact& fact : facts) all.insert(fact.head_sense);
  return all;
}

void expect_nothing_straddles(const WordNet& wordnet, const WordNetRelation& relation) {
  const SplitFacts split = split_facts(wordnet, relation);

  EXPECT_EQ(num_shared(heads(split.train), heads(split.test)), 0) << relation.name;
  if (relation.inverse.empty()) return;
  const SplitFacts inverse = split_facts(wordnet, find_wordnet_relation(relation.inverse));
  EXPECT_EQ(num_shared(bare_pairs(split.train), bare_pairs(split.test)), 0) << relation.name;
  EXPECT_EQ(num_shared(bare_pairs(split.train), turned_pairs(inverse.test)), 0) << relation.name;
  EXPECT_EQ(num_shared(bare_pairs(split.test), turned_pairs(inverse.train)), 0) << relation.name;
}

TEST_F(WordNetSample, EveryTaskHasBothSidesAndAPhrase) {
  const std::vector<Task> all = wordnet_tasks();

  EXPECT_EQ(all.size(), 29 + 8);
  for (const Task& task : all) {
    const TaskData data = task.load();
    EXPECT_EQ(data.name, task.name);
    EXPECT_EQ("wordnet/" + data.prefix, task.name);
    EXPECT_THAT(data.phrase, HasSubstr("{source}")) << task.name;
    EXPECT_FALSE(data.train.empty()) << task.name;
    EXPECT_FALSE(data.test.empty()) << task.name;
    EXPECT_EQ(num_shared(sources(data.train), sources(data.test)), 0) << task.name;
    for (const auto* side : {&data.train, &data.test}) {
      EXPECT_EQ(sources(*side).size(), side->size()) << task.name;
      for (const Example& example : *side) {
        const std::set<std::string> distinct(example.references.begin(), example.references.end());
        EXPECT_EQ(distinct.size(), example.references.size()) << task.name << " " << example.source;
        EXPECT_FALSE(example.references.empty() || example.source.empty() || distinct.count(""));
      }
    }
  }
}

TEST_F(WordNetSample, EveryPhraseHasATask) {
  std::set<std::string> names, phrases;
  for (const Task& task : wordnet_tasks()) names.insert(task.name.substr(8));
  for (const auto& [name, phrase] : load_verbalizer("wordnet").phrases) phrases.insert(name);

  EXPECT_EQ(names, phrases);
}

TEST_F(WordNetSample, FingerprintsDifferByTaskAndDatabase) {
  std::set<std::string> fingerprints;
  for (const Task& task : wordnet_tasks()) fingerprints.insert(task.fingerprint());

  EXPECT_EQ(fingerprints.size(), wordnet_tasks().size());
  EXPECT_TRUE(fingerprints.contains(wordnet_tasks()[0].fingerprint()));
  choose(kInstalled);
  if (fs::exists(kInstalled / "data.noun")) {
    EXPECT_FALSE(fingerprints.contains(wordnet_tasks()[0].fingerprint()));
  }
}

TEST_F(WordNetSample, NothingStraddlesTrainAndTest) {
  const WordNet wordnet(kSample);
  for (const WordNetRelation& relation : wordnet_relations()) {
    expect_nothing_straddles(wordnet, relation);
  }
}

TEST(WordNetRelations, InversesAreMutual) {
  for (const WordNetRelation& relation : wordnet_relations()) {
    if (relation.inverse.empty()) continue;
    EXPECT_EQ(find_wordnet_relation(relation.inverse).inverse, relation.name);
  }
  EXPECT_EQ(wordnet_relations().size(), 29);
}

// From the files: "hot" has 21 adjective senses, so each is named by its definition; its antonym
// pointer goes from word 1 to word 1. A pointer between words need not be of the first word.
TEST_F(WholeWordNet, HeadsKeepSensesApart) {
  const WordNet& wordnet = shared_wordnet();
  const SenseNames names(wordnet);
  std::vector<std::string> antonyms;
  for (const WordNetFact& fact : wordnet_facts(wordnet, find_wordnet_relation("Antonym"))) {
    if (fact.head == "hot") antonyms.push_back(fact.head_sense + " -> " + fact.tail);
  }

  ASSERT_FALSE(antonyms.empty());
  for (const std::string& antonym : antonyms) {
    EXPECT_THAT(antonym, testing::StartsWith("hot ("));
    EXPECT_THAT(antonym, testing::EndsWith(") -> cold"));
  }
  EXPECT_EQ(std::set<std::string>(antonyms.begin(), antonyms.end()).size(), antonyms.size());
  EXPECT_EQ(names.name(wordnet.find('n', 2083346), 0), "canine (noun.animal)");
}

// The numbers of tests/oracles/wordnet_counts.py, which reads the files by itself.
TEST_F(WholeWordNet, HasTheKnownTriples) {
  const std::map<std::string, int64_t> expected = {
      {"Antonym", 7106},    {"Synonym", 86890},     {"Hypernym", 86845},  {"Hyponym", 86845},
      {"InstanceOf", 8399}, {"HasInstance", 8399},  {"MemberOf", 12230},  {"HasMember", 12230},
      {"PartOf", 8985},     {"HasPart", 8985},      {"SubstanceOf", 789}, {"HasSubstance", 789},
      {"Attribute", 1223},  {"DerivedFrom", 37430}, {"PertainsTo", 7492}, {"ParticipleOf", 73},
      {"SimilarTo", 21075}, {"AlsoSee", 3141},      {"VerbGroup", 961},   {"Entails", 403},
      {"Causes", 213},      {"InTopic", 6391},      {"TopicOf", 6391},    {"InRegion", 1339},
      {"RegionOf", 1339},   {"InUsage", 1342},      {"UsageOf", 1342},    {"DefinedAs", 117638},
      {"UsedIn", 48207}};
  int64_t total = 0;
  for (const WordNetRelation& relation : wordnet_relations()) {
    const auto facts = wordnet_facts(shared_wordnet(), relation);
    const int64_t triples = count_triples(facts);
    EXPECT_EQ(triples, expected.at(relation.name)) << relation.name;
    total += triples;
    std::set<std::string> words;
    for (const WordNetFact& fact : facts) words.insert(fact.head);
    const double tails = static_cast<double>(triples) / static_cast<double>(words.size());
    if (relation.name == "Hyponym") {
      EXPECT_NEAR(tails, 5.66, 0.005);
    } else if (relation.name == "HasPart") {
      EXPECT_NEAR(tails, 2.55, 0.005);
    }
  }
  EXPECT_EQ(total, 584492);
}

TEST_F(WholeWordNet, NothingStraddlesTrainAndTest) {
  for (const char* name : {"Hypernym", "HasPart", "Antonym", "InTopic"}) {
    expect_nothing_straddles(shared_wordnet(), find_wordnet_relation(name));
  }
}

TEST_F(WholeWordNet, AFifthIsForTesting) {
  for (const char* name : {"Hyponym", "DerivedFrom", "DefinedAs"}) {
    const SplitFacts split = split_facts(shared_wordnet(), find_wordnet_relation(name));
    const double total = static_cast<double>(split.train.size() + split.test.size());
    EXPECT_NEAR(static_cast<double>(split.test.size()) / total, 0.2, 0.01) << name;
  }
}

TEST_F(WholeWordNet, TextOfTheTestSideIsNotInTraining) {
  const WordNet& wordnet = shared_wordnet();
  const std::vector<bool> test = text_sides(wordnet);
  std::set<std::string> texts[2], words[2];
  for (size_t i = 0; i < test.size(); ++i) {
    const Synset& synset = wordnet.synsets()[i];
    words[test[i]].insert(synset.words[0]);
    texts[test[i]].insert(synset.definition);
    texts[test[i]].insert(synset.examples.begin(), synset.examples.end());
  }

  EXPECT_EQ(num_shared(texts[0], texts[1]), 0);
  EXPECT_EQ(num_shared(words[0], words[1]), 0);
  EXPECT_NEAR(static_cast<double>(texts[1].size()), 0.2 * 164791, 3000);
}

TEST_F(WholeWordNet, DefinitionsAskedForAndReadAreOnTheSameSide) {
  const TaskData asked = load("wordnet/defined_as"), read = load("wordnet/definition_to_word");
  const std::set<std::string> read_in_test = sources(read.test);
  for (const Example& example : asked.train) {
    for (const std::string& definition : example.references) {
      EXPECT_FALSE(read_in_test.contains(definition)) << definition;
    }
  }
}

TEST_F(WholeWordNet, HalfOfThePairsAreOfOneCategory) {
  const TaskData data = load("wordnet/same_category");
  double yes = 0;
  for (const Example& example : data.test) yes += example.references[0] == "yes";

  EXPECT_GT(data.test.size(), 10000);
  EXPECT_NEAR(yes / static_cast<double>(data.test.size()), 0.5, 0.01);
}

// 02084071 in noun.animal: dog, domestic dog, Canis familiaris. Categories are the lexicographer
// files: 26 of nouns, 15 of verbs, 45 in all.
TEST_F(WholeWordNet, ReadingTasksSayWhatTheDatabaseSays) {
  struct Case {
    std::string task;
    std::vector<std::string> of_dog;
    size_t num_answers;  // 0: many
  };
  const std::vector<Case> cases = {
      {"wordnet/category", {"animal"}, 26},
      {"wordnet/verb_category", {}, 15},
      {"wordnet/any_category", {"noun.animal"}, 45},
      {"wordnet/part_of_speech", {"noun"}, 4},
      {"wordnet/definition_to_hypernym", {"canine", "domestic animal"}, 0},
      {"wordnet/definition_to_word", {"dog", "domestic dog", "Canis familiaris"}, 0}};
  const std::string dog = shared_wordnet().find('n', 2084071).definition;
  for (const Case& expected : cases) {
    const TaskData data = load(expected.task);

    EXPECT_EQ(references_of(data, dog), expected.of_dog) << expected.task;
    if (expected.num_answers > 0) {
      EXPECT_EQ(references(data).size(), expected.num_answers) << expected.task;
    }
  }
}

}  // namespace
}  // namespace dovetail
