// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// One head, question or text with all that may be answered.
struct Example {
  std::string source;
  std::vector<std::string>
      references;  // at least one, no duplicates; of a question the right answer
  std::vector<std::string> choices = {};  // of a question, in the file's order
  int64_t answer = -1;                    // index into the choices (or into the task's labels)
  std::map<std::string, std::string> fields = {};  // what else a template may say: context, fact
};

// Which slots of a template there is something for.
enum class Layout {
  relation,        // head and tail: the relation is said by a tag or a phrase
  question,        // a question with choices of its own
  classification,  // a text (or two) and one of the task's labels
  text             // source text to target text, nothing more
};

// A task's data. Train and test share no head; the order is fixed by the data, not by chance.
struct TaskData {
  std::string name;    // "wordnet/antonym"
  std::string prefix;  // what Mapping puts before the head: "antonym"
  std::string phrase;  // what Prompting says: "{source} is the opposite of"
  std::string kind;    // one of kTaskKinds
  std::vector<Example> train;
  std::vector<Example> test;
  Layout layout = Layout::relation;
  std::vector<std::string> labels = {};  // of a classification: what its references are out of
  std::string relation = {};             // the verbalizers' key of the one relation: "xNeed"
  struct Relation {
    std::string prefix, phrase;
  };
  // Only of a task of several relations. A source then begins with its own relation, so that each
  // (relation, head) is an example: "xNeed: PersonX goes to the mall".
  std::map<std::string, Relation> relations = {};
  // The data's own validation examples, where a card says that they validate; else empty, and a
  // part of train does.
  std::vector<Example> validation = {};
};
inline constexpr std::string_view kRelationEnd = ": ";

// Groups of tasks in a report, which picks the deciding metric by them.
inline constexpr std::array<std::string_view, 7> kTaskKinds = {
    "lexical", "phrasal", "form", "reading", "choice", "classification", "generation"};

// The choices of an example: its own, or the labels of a classification; empty where neither.
const std::vector<std::string>& choices_of(const TaskData& data, const Example& example);

struct Task {
  std::string name;  // slash name
  std::string kind;
  std::string description;                   // one sentence
  std::string source;                        // data set and licence
  std::function<TaskData()> load;            // throws DataError (file, line)
  std::function<std::string()> fingerprint;  // content hash of the data and of how it is cut
};

}  // namespace dovetail
