// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "adaptation/relation_groups.h"
#include "examples/task.h"
#include "examples/verbalizer.h"

namespace dovetail {

// The training tasks of MTO's two learned steps before adaptation (Pouramini and Faili 2024; code).
// Both are made from a task of several relations (a card with relation = "*"), and the template
// masked_mapping prints them as published:
//
//   splitter:   splitter: bread is located at bakery <extra_id_0>  -> <extra_id_0> bakery
//   classifier: task-clf: head: bread tail: bakery <extra_id_0>    -> <extra_id_0> Filling
//
// A hash of the triple and the seed draws the given number of triples of each relation, or all
// where there are fewer. Training triples come from the graph's train split, test triples from its
// test split. An example's field "relation" names the relation of its triple.

// Learns which part of a sentence is its tail. The phrases of `sentences` join head and tail, or
// have {source} in place of the head. ConfigError where the graph has none of the relations in
// groups.splitter, or where `sentences` lacks a phrase for one of them.
TaskData splitter_task(const TaskData& graph, const RelationGroups& groups,
                       const Verbalizer& sentences, int64_t train_rows = 500,
                       int64_t test_rows = 100, uint64_t seed = 1);

// Learns whether a triple is Filling or Mapping, its two labels. The field "unseen" of a test
// example is "yes" where its relation is not trained on. ConfigError where the graph has none of
// the relations in groups.classifier_train, or none of groups.classifier_test.
TaskData classifier_task(const TaskData& graph, const RelationGroups& groups,
                         int64_t train_rows = 500, int64_t test_rows = 100, uint64_t seed = 1);

// The two by name: "splitter-500:CARD.toml" and "classifier-500:CARD.toml" train on 500 triples of
// each relation, "classifier-500-without-xNeed:CARD.toml" leaves a relation out. adaptation_task
// throws ConfigError for a malformed name.
bool is_adaptation_task(const std::string& name);
Task adaptation_task(const std::string& name);

}  // namespace dovetail
