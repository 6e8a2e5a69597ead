// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
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

// The catalogue (tasks.inc), by name.
const std::vector<Task>& tasks();

// A task of the catalogue, or one described by a data set card: FILE.toml, FILE.toml#RELATION
// for one relation of a card of all, FILE.toml#split_seed=21 (card.h). A file that is not there is
// looked for in the project's data/cards. Throws ConfigError.
Task find_task(const std::string& name_or_card);

// How many training examples a cell asks for. The first of these that is above 0 counts; none:
// all of those that are not held out for validation, however many.
struct SubsetRequest {
  // So many of each label; of questions up to so many of each place of the right choice.
  int64_t per_class = 0;
  int64_t heads = 0;    // so many examples
  double fraction = 0;  // that part of those not held out for validation, at least one
  int64_t tails = 0;    // up to so many references each; 0: all
  int64_t validation_examples = 0;
  uint64_t seed = 0;
  // Where the data have validation examples of their own (TaskData::validation): up to
  // validation_examples of those, and all of train is there to train on.
  bool own_validation = false;
};

// The training examples of one cell, as indices into `train` with the number of tails to keep.
// Subsets are nested: for one seed the smaller size's heads are a prefix of the larger one's.
struct Subset {
  std::vector<int64_t> heads;
  int64_t tails = 0;                // up to so many references each; 0: all
  std::vector<int64_t> validation;  // of the training side, never in `heads`
  bool own_validation = false;      // `validation` counts TaskData::validation, not `train`
};
// The validation examples of a seed are the same at every size. ConfigError when there are not
// that many examples (of a label), and for per_class where examples have no answer.
Subset choose_subset(const TaskData& data, const SubsetRequest& request);

// The test examples that every cell of the task is scored on: `count` of them (0, or more than
// there are: all), chosen by a hash of their text, so that neither seed nor order of the file
// decides. In the order of the hash: the smaller set is a prefix of the larger one.
std::vector<int64_t> choose_test(const TaskData& data, int64_t count);

}  // namespace dovetail
