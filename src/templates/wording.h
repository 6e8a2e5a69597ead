// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "examples/task.h"
#include "examples/verbalizer.h"

namespace dovetail {

// The project's own verbalizers that templates use. Each template reads them once.
struct Wordings {
  std::vector<Verbalizer> verbalizers;  // of questions and classifications
  Verbalizer shared_words, feature_tokens, feature_glosses, relation_tokens;
};

std::shared_ptr<const Wordings> load_wordings();

// The verbalizer of a question or classification task. `own` comes first, if it has the layout;
// then the verbalizer that lists the task by its prefix or a part of its name (case and _ or - do
// not matter); then the layout's default. ConfigError where there is none.
const Verbalizer& verbalizer_of(const Wordings& wordings, const Verbalizer* own,
                                const TaskData& task);

// A relation's name and wording.
struct RelationWords {
  std::string key;     // its name in verbalizers: "xNeed"
  std::string prefix;  // printed in front of the source: "xNeed"
  std::string phrase;  // "But before {source}, PersonX needed"; "" for none
};

// The relation of an example: the one that its source names in a task of several relations, else
// the task's.
RelationWords relation_of(const TaskData& task, const Verbalizer* own, const Example& example);
// All relations of a task, by name.
std::vector<RelationWords> relations_of(const TaskData& task, const Verbalizer* own);

// The example's source without its relation.
std::string bare_source(const TaskData& task, const Example& example);

// The verbalizer's phrase for the key; "" where it has none.
std::string phrase_or_none(const Verbalizer& verbalizer, const std::string& key);

// The verbalizer whose clozes a template fills in: its own, or the project's "clozes".
const Verbalizer& cloze_verbalizer(const Wordings& wordings, const Verbalizer* own);
// What clozes and label words are listed under: the task's prefix, or else its name.
const std::string& cloze_key(const TaskData& task);
// The word of a label in a cloze: its own, or the label itself.
std::string label_word(const Verbalizer& verbalizer, const TaskData& task,
                       const std::string& label);

}  // namespace dovetail
