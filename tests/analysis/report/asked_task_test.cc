// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/asked_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"
#include "base/error.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Cells of a task of the catalogue, of a card, and of one card under two labels.
made_up::Results three_cards() {
  made_up::Results r;
  const auto add = [&](const char* label, const char* name, const char* card) {
    r.add_planned({"none", label, "mapping", "full", "all", "1"});
    TuneJob tune;
    tune.task.name = name;
    r.plan.jobs.back().settings = tune;
    r.plan.jobs.back().locations.task = card;
  };
  add("wordnet.antonym", "wordnet/antonym", "");
  add("messages", "messages", "/home/me/cards/messages.toml");
  add("atomic.xNeed", "atomic.xNeed", "/home/me/cards/atomic.toml#xNeed");
  add("one", "one", "/home/me/two.toml");
  add("two", "two", "/home/me/two.toml");
  return r;
}

TEST(AskedTask, IsALabelANameOrTheCardsPath) {
  const Plan plan = three_cards().plan;

  EXPECT_EQ(resolve_task(plan, "wordnet.antonym"), "wordnet.antonym");
  EXPECT_EQ(resolve_task(plan, "wordnet/antonym"), "wordnet.antonym");
  EXPECT_EQ(resolve_task(plan, "messages"), "messages");
  EXPECT_EQ(resolve_task(plan, "messages.toml"), "messages");
  EXPECT_EQ(resolve_task(plan, "./cards/messages.toml"), "messages");
  EXPECT_EQ(resolve_task(plan, "/home/me/cards/messages.toml"), "messages");
  EXPECT_EQ(resolve_task(plan, "cards/atomic.toml#xNeed"), "atomic.xNeed");
}

TEST(AskedTask, AnUnknownOneIsAnsweredWithTheNearest) {
  const Plan plan = three_cards().plan;
  const auto message = [&](const char* asked) -> std::string {
    try {
      return resolve_task(plan, asked);
    } catch (const ConfigError& error) {
      return error.what();
    }
  };

  EXPECT_THAT(message("wordnet/antonim"), HasSubstr("did you mean \"wordnet.antonym\"?"));
  EXPECT_THAT(message("ssages.toml"), HasSubstr("has no task \"ssages.toml\""));
  EXPECT_THAT(message("atomic.toml"), HasSubstr("has no task"));
  EXPECT_THAT(message("two.toml"), AllOf(HasSubstr("several tasks"), HasSubstr("one, two")));
}

}  // namespace
}  // namespace dovetail
