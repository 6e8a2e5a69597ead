// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "adaptation/relation_groups.h"
#include "examples/task.h"
#include "examples/verbalizer.h"

namespace dovetail {

// The text side of MTO's two learned steps before adaptation (Pouramini and Faili 2024; code). Both
// are made from a task of several relations (a card with relation = "*"), and the template
// masked_mapping prints them as published:
//
//   splitter: bread is located at bakery <extra_id_0>        -> <extra_id_0> bakery
//   task-clf: head: bread tail: bakery <extra_id_0>          -> <extra_id_0> Filling
//
// Of each relation so many triples are drawn, by a hash of the triple and the seed; fewer where the
// data has fewer. Training triples come from the task's training side, test triples from its test
// side. An example's field "relation" says where it comes from.

// Which part of a sentence is its tail: the phrases join head and tail, or have {source} for the
// head. Relations are those of the list that the data has; ConfigError when that leaves none, or
// when `sentences` lacks a phrase for one.
TaskData splitter_task(const TaskData& of_all_relations, const RelationGroups& groups,
                       const Verbalizer& sentences, int64_t train_rows = 500,
                       int64_t test_rows = 100, uint64_t seed = 1);

// Whether a triple is Filling or Mapping; those are its labels. The field "unseen" of
// a test example is "yes" where its relation is not trained on. ConfigError when the data has no
// relation of the train list, or none of the test list.
TaskData classifier_task(const TaskData& of_all_relations, const RelationGroups& groups,
                         int64_t train_rows = 500, int64_t test_rows = 100, uint64_t seed = 1);

// One of the two as a task by name: "splitter-500:CARD.toml", "classifier-500:CARD.toml", with so
// many training triples a relation; "classifier-500-without-xNeed:CARD.toml" has not seen that
// relation. Throws ConfigError.
bool is_lesson(const std::string& name);
Task lesson_task(const std::string& name);

}  // namespace dovetail
