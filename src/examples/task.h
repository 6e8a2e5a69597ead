// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "examples/turns.h"

namespace dovetail {

// One head, question or text with all its right answers.
struct Example {
  std::string source;
  // At least one, without duplicates; for a question its right choice.
  std::vector<std::string> references;
  std::vector<std::string> choices = {};           // for a question, in the order of the file
  int64_t answer = -1;                             // index into the choices or the task's labels
  std::map<std::string, std::string> fields = {};  // more text for templates: context, fact
  // Its values in the columns TaskData::strata: what scores are broken down by.
  std::vector<std::string> strata = {};
  // Of a conversation: all its turns, the last of which is the one reference. A system's turn may
  // come first; then the user and the assistant take turns. Whitespace within a turn is kept.
  std::vector<Turn> turns = {};
};

// An answer by a rule that only this kind of data has; nullopt where the rule does not apply.
using TaskRule = std::function<std::optional<std::string>(const Example&)>;

// The kind of a task's examples, which decides the slots of a template that they can fill.
enum class Layout {
  relation,        // head and tail, joined by a tag or a phrase of the relation
  question,        // a question with choices of its own
  classification,  // a text (or two) and one of the task's labels
  text,            // source text to target text
  conversation     // turns of a user and an assistant, whose last one is the target
};

// The fields that templates of this layout say: pair; context, passage and fact; none.
const std::vector<std::string>& said_fields(Layout layout);

// A task's data. Train and test share no head. The data alone decide the order of examples.
struct TaskData {
  std::string name;    // "wordnet/antonym"
  std::string prefix;  // printed before the head by Mapping: "antonym"
  std::string phrase;  // printed by Prompting: "{source} is the opposite of"
  std::string kind;    // one of kTaskKinds
  std::vector<Example> train;
  std::vector<Example> test;
  Layout layout = Layout::relation;
  std::vector<std::string> labels = {};  // of a classification: all possible references
  std::string relation = {};             // key of the task's one relation in verbalizers: "xNeed"
  struct Relation {
    std::string prefix, phrase;
  };
  // Only for a task of several relations. Its sources begin with their relation, so that each
  // (relation, head) is an example: "xNeed: PersonX goes to the mall".
  std::map<std::string, Relation> relations = {};
  // The data's own validation examples, where a card asks for them; else empty, and a part of train
  // is used.
  std::vector<Example> validation = {};
  // The names of the columns that scores are broken down by, the most telling one first.
  std::vector<std::string> strata = {};
  // By the names of the baselines that they are.
  std::map<std::string, TaskRule> rules = {};
  // What a reader of the results should know of the data: sentences.
  std::vector<std::string> notes = {};
};
inline constexpr std::string_view kRelationEnd = ": ";

// Groups of tasks in a report, which chooses a primary metric for each.
inline constexpr std::array<std::string_view, 7> kTaskKinds = {
    "lexical", "phrasal", "form", "reading", "choice", "classification", "generation"};

// The choices of an example: its own, or the labels of a classification; empty without either.
const std::vector<std::string>& choices_of(const TaskData& data, const Example& example);

struct Task {
  std::string name;  // slash name
  std::string kind;
  std::string description;                   // one sentence
  std::string source;                        // data set and licence
  std::function<TaskData()> load;            // throws DataError (file, line)
  std::function<std::string()> fingerprint;  // content hash of the data and of their splits
};

}  // namespace dovetail
