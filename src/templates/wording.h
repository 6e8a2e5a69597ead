// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "examples/task.h"
#include "examples/verbalizer.h"

namespace dovetail {

// The project's own wordings that templates draw on, read once for a template and never changed.
struct Wordings {
  std::vector<Verbalizer> forms;  // of questions and classifications
  Verbalizer shared_words, feature_tokens, feature_glosses, relation_tokens;
};

std::shared_ptr<const Wordings> load_wordings();

// How a question or classification is put: `own` where it is given, else the form that lists the
// task by its prefix or a part of its name (upper case and _ do not matter), else the layout's
// default.
const Verbalizer& form_of(const Wordings& wordings, const Verbalizer* own, const TaskData& task);

// What the place of a relation in a task is called, and how it is said.
struct RelationWords {
  std::string key;     // "xNeed"
  std::string prefix;  // "xNeed"
  std::string phrase;  // "But before {source}, PersonX needed"; "" for none
};

// Of the example's relation: of a task of several relations its source's own, else the task's one.
RelationWords relation_of(const TaskData& task, const Verbalizer* own, const Example& example);
// Of all the task's relations, by name.
std::vector<RelationWords> relations_of(const TaskData& task, const Verbalizer* own);

// The example's source without its relation.
std::string bare_source(const TaskData& task, const Example& example);

// The phrase of a verbalizer that need not have it: "" then.
std::string phrase_or_none(const Verbalizer& verbalizer, const std::string& key);

}  // namespace dovetail
