// SPDX-License-Identifier: Apache-2.0
// Cards of kind "instruction".
#include "cards/card_fixture.h"
#include "cards/conversations.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kKind = "kind = \"instruction\"\n";

std::string message(const std::string& role, const std::string& content) {
  return "{\"role\": \"" + role + "\", \"content\": \"" + content + "\"}";
}
std::string messages(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
  return "{\"messages\": [" + text + "]}\n";
}
std::string exchange(const std::string& asked, const std::string& answered) {
  return messages({message("user", asked), message("assistant", answered)});
}

TEST(InstructionCard, KeepsTheTurnsOfMessages) {
  const ScratchFolder scratch;
  const LoadedCard loaded = load(scratch, kKind,
                                 {exchange(" Name a\\ncolour. ", "\\nRed,\\n\\nor blue. "),
                                  messages({message("system", "Be brief."), message("user", "Hi"),
                                            message("assistant", "Hello"), message("user", "Bye"),
                                            message("assistant", "Ciao")})});
  const Example& first = loaded.data.train.at(0);
  EXPECT_EQ(loaded.data.layout, Layout::conversation);
  EXPECT_EQ(first.source, "Name a colour.");
  EXPECT_THAT(first.references, ElementsAre("Red, or blue."));
  EXPECT_EQ(first.turns.at(0).text, "Name a\ncolour.");
  EXPECT_EQ(first.turns.at(1).text, "Red,\n\nor blue.");
  EXPECT_THAT(first.strata, ElementsAre("1-5"));  // 3 words to 3
  const Example& second = loaded.data.test.at(0);
  EXPECT_EQ(second.source, "system: Be brief. user: Hi assistant: Hello user: Bye");
  EXPECT_THAT(second.references, ElementsAre("Ciao"));
  EXPECT_EQ(second.turns.size(), 5u);
  EXPECT_THAT(second.strata, ElementsAre("1-5"));  // 4 words to 2
}

TEST(InstructionCard, ReadsOtherNamesAndColumns) {
  const ScratchFolder scratch;
  const LoadedCard shared =
      load(scratch,
           kKind +
               "keys = { messages = \"conversations\", role = \"from\", content = \"value\" }\n"
               "roles = { human = \"user\", gpt = \"assistant\" }\n",
           {"{\"conversations\": [{\"from\": \"human\", \"value\": \"Hi\"}, {\"from\": \"gpt\", "
            "\"value\": \"Hello\"}]}\n",
            "{\"conversations\": [{\"from\": \"human\", \"value\": \"Bye\"}, {\"from\": \"gpt\", "
            "\"value\": \"Ciao\"}]}\n"});
  EXPECT_THAT(shared.data.train.at(0).references, ElementsAre("Hello"));
  const LoadedCard columns = load(
      scratch, kKind + "keys = { user = [\"instruction\", \"input\"], assistant = \"output\" }\n",
      {"{\"instruction\": \"Add.\", \"input\": \"1 2\", \"output\": \"3\"}\n"
       "{\"instruction\": \"Say no.\", \"input\": \"\", \"output\": \"no\"}\n",
       "{\"instruction\": \"Add.\", \"input\": \"2 2\", \"output\": \"4\"}\n"});
  EXPECT_EQ(columns.data.train.at(0).turns.at(0).text, "Add.\n1 2");
  EXPECT_EQ(columns.data.train.at(1).turns.at(0).text, "Say no.");
}

// Two answers to one instruction are two examples; the same answer is a duplicate.
TEST(InstructionCard, CountsAnInstructionOncePerAnswer) {
  const ScratchFolder scratch;
  const LoadedCard loaded =
      load(scratch, kKind,
           {exchange("Say a", "a") + exchange("Say a", "A!") + exchange("Say a", "a"),
            exchange("Say b", "b")});
  EXPECT_EQ(loaded.data.train.size(), 2u);
  EXPECT_EQ(loaded.report.files.at(0).duplicates, 1);
  expect_error(kKind, {exchange("Say a", "a"), exchange("Say a", "b")}, "test");
}

TEST(InstructionCard, RefusesWhatIsNoConversation) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {messages({"{\"content\": \"Hi\"}", message("assistant", "a")}), "turn 1 has no \"role\""},
      {messages({message("user", "Hi"), "{\"role\": \"assistant\"}"}), "turn 2 has no \"content\""},
      {messages({message("human", "Hi"), message("assistant", "a")}),
       "turn 1 has the role \"human\"; expected assistant, system, user"},
      {exchange("Hi", " \\n "), "turn 2 (assistant) is empty"},
      {exchange("", "a"), "turn 1 (user) is empty"},
      {messages({message("assistant", "a")}),
       "turn 1 is the assistant's, where the user's was expected"},
      {messages({message("user", "a"), message("user", "b"), message("assistant", "c")}),
       "turn 2 is the user's, where the assistant's was expected"},
      {messages({message("user", "a"), message("system", "b"), message("assistant", "c")}),
       "turn 2 is the system's"},
      {messages({message("user", "a")}), "the last turn is not the assistant's"},
      {messages({}), "the last turn is not the assistant's"},
      {"{\"text\": \"a\"}\n", "there is no list of turns at \"messages\""}};
  for (const auto& [row, reason] : cases) {
    const Files files = {exchange("Say a", "a") + row, exchange("Say b", "b")};
    expect_error("bad_rows = \"refuse\"\n" + kKind, files, "train.txt:2: " + reason);
  }
}

TEST(InstructionCard, RefusesEvenOneBadRowUnlessTheCardSaysOtherwise) {
  const ScratchFolder scratch;
  scratch.write("rows.jsonl", exchange("Say a", "a") + exchange("Say b", "b") + exchange("c", ""));
  const std::string card = scratch.write(
      "card.toml", kKind + "name = \"mine\"\ntrain = \"rows.jsonl\"\ntest_fraction = 0.5\n");
  EXPECT_THROW(load_card(read_card(card)), DataError);
}

TEST(InstructionCard, RefusesKeysThatDoNotGoTogether) {
  const Files files = {exchange("a", "a"), exchange("b", "b")};
  expect_error(kKind + "keys = { user = \"q\" }\n", files, "keys.assistant too");
  expect_error(kKind + "keys = { assistant = \"a\" }\n", files, "keys.user beside it");
  expect_error(kKind + "roles = { human = \"person\" }\n", files,
               "expected system, user or assistant, found \"person\"");
  expect_error(kKind + "format = \"csv\"\n", files, "conversations are read from json");
}

// 0.1 belongs to the range above it.
TEST(InstructionCard, TellsTheRangeOfARatio) {
  const auto range = [](const std::string& asked, const std::string& answered) {
    return ratio_range({{Role::user, asked}, {Role::assistant, answered}});
  };
  EXPECT_EQ(range("a", "1 2 3 4 5 6 7 8 9 10"), "0.1-0.5");
  EXPECT_EQ(range("a", "1 2 3 4 5 6 7 8 9 10 11"), "below 0.1");
  EXPECT_EQ(range("a", "1 2"), "0.5-1");
  EXPECT_EQ(range("a b c d e", "1"), "5-25");
  EXPECT_EQ(range("1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5", "1"), "25 and more");
}

}  // namespace
}  // namespace dovetail
