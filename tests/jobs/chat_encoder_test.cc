// SPDX-License-Identifier: Apache-2.0
#include "jobs/chat_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "jobs/example_encoder.h"
#include "templates/template.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

// Bytes: each character is one token, byte b has id b + 3, and </s> is 1.
class ChatRowsTest : public testing::Test {
 protected:
  // Headers of one letter.
  ChatRowsTest() {
    chat_.name = "letters";
    chat_.system = {"S", ";"};
    chat_.user = {"U", ";"};
    chat_.assistant = {"A", ";"};
  }

  EncodedChat row(const std::vector<Turn>& turns, int64_t prompt = 100, int64_t answer = 100) {
    return ChatEncoder(chat_, vocabulary_, prompt, answer).row(turns);
  }

  // The ids as letters, "$" for </s>; and their kinds, a letter each.
  static std::string text(const EncodedChat& chat) {
    std::string text;
    for (const int32_t id : chat.row.ids) text += id == 1 ? '$' : static_cast<char>(id - 3);
    return text;
  }
  static std::string kinds(const EncodedChat& chat) {
    std::string kinds;
    for (const TokenKind kind : chat.row.kinds) kinds += "TIO"[static_cast<int>(kind)];
    return kinds;
  }

  ChatTemplate chat_;
  Vocabulary vocabulary_ = Vocabulary::bytes();
  const std::vector<Turn> turns_ = {{Role::system, "sys"},
                                    {Role::user, "one"},
                                    {Role::assistant, "uno"},
                                    {Role::user, "two"},
                                    {Role::assistant, "dos"}};
};

// Counted are contents and ends alone: 3 + 3 + 3 of the instruction, 2 (3 + 1) of the output.
TEST_F(ChatRowsTest, GiveEachTokenOneKind) {
  const EncodedChat chat = row(turns_);
  EXPECT_EQ(text(chat), "Ssys;Uone;Auno$;Utwo;Ados$");
  EXPECT_EQ(kinds(chat), "TIIITTIIITTOOOOTTIIITTOOOO");
  EXPECT_EQ(text(chat).substr(chat.answer), "dos$");
  EXPECT_FALSE(chat.cut_prompt || chat.cut_answer);
}

TEST_F(ChatRowsTest, LoseTheOldestExchangeFirstThenTheSystemThenTheEndOfTheQuestion) {
  const EncodedChat whole = row(turns_, 22);  // the prompt has 22 tokens
  EXPECT_FALSE(whole.cut_prompt);
  const EncodedChat shorter = row(turns_, 21);
  EXPECT_EQ(text(shorter), "Ssys;Utwo;Ados$");
  EXPECT_EQ(kinds(shorter), "TIIITTIIITTOOOO");
  EXPECT_TRUE(shorter.cut_prompt);
  EXPECT_EQ(text(row(turns_, 10)), "Utwo;Ados$");
  const EncodedChat shortest = row(turns_, 4);
  EXPECT_EQ(text(shortest), "Ut;Ados$");
  EXPECT_EQ(kinds(shortest), "TITTOOOO");
  EXPECT_EQ(shortest.answer, 4u);
}

TEST_F(ChatRowsTest, KeepTheEndOfAnAnswerThatIsCut) {
  const EncodedChat chat = row(turns_, 6, 2);
  EXPECT_EQ(text(chat), "Utwo;Ad$");
  EXPECT_EQ(kinds(chat), "TIIITTOO");
  EXPECT_TRUE(chat.cut_answer);
}

TEST_F(ChatRowsTest, NeedRoomForHeadersAndAToken) {
  try {
    row(turns_, 3);  // U;A
    ADD_FAILURE() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"letters\" take 3 tokens of a source's 3"));
  }
  EXPECT_THROW(row(turns_, 10, 1), ConfigError);
}

// As one text "the hou" and "se" share a piece; as header and content they never do: their ids are
// those of each encoded by itself.
TEST(ChatRows, LetNoTokenSpanAHeaderAndAText) {
  const Vocabulary pieces =
      Vocabulary::from_folder(DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption");
  ChatTemplate chat{.user = {"the hou", ""}, .assistant = {"A ", ""}};
  const std::vector<int32_t> header = pieces.encode("the hou"), content = pieces.encode("se");
  const std::vector<int32_t> glued = pieces.encode("the house");
  ASSERT_FALSE(std::equal(header.begin(), header.end(), glued.begin()));

  const std::vector<Turn> turns = {{Role::user, "se"}, {Role::assistant, "b"}};
  const ChatRow row = ChatEncoder(chat, pieces, 64, 64).row(turns).row;

  std::vector<int32_t> start = header;
  start.insert(start.end(), content.begin(), content.end());
  EXPECT_TRUE(std::equal(start.begin(), start.end(), row.ids.begin()));
  for (size_t i = 0; i < start.size(); ++i) {
    EXPECT_EQ(row.kinds[i], i < header.size() ? TokenKind::chat_template : TokenKind::instruction);
  }
}

// The source and target that train and test see, and their kinds, are the same tokens.
TEST_F(ChatRowsTest, AreTheSourceAndTargetOfAnExample) {
  const TaskData task{.name = "chat", .layout = Layout::conversation};
  const Example example{.source = "Hi",
                        .references = {"a b"},
                        .turns = {{Role::user, "Hi"}, {Role::assistant, "a\nb"}}};
  const ExampleEncoder encoder(task, with_soft_tokens(make_template("chat_plain"), {}), vocabulary_,
                               {}, vocabulary_.size(), {64, 4});
  const EncodedRow row = encoder.row(example, "a b");
  const EncodedChat chat = encoder.chat_row(example, "a b");
  std::vector<int32_t> prompt = vocabulary_.encode("user: Hi assistant: ");
  EXPECT_EQ(chat.answer, prompt.size());
  prompt.push_back(1);
  EXPECT_EQ(row.sequence.source, prompt);
  EXPECT_EQ(row.sequence.target, vocabulary_.frame(vocabulary_.encode("a\nb")));
  EXPECT_EQ(std::vector<int32_t>(chat.row.ids.end() - 4, chat.row.ids.end()), row.sequence.target);
  EXPECT_EQ(row.counts.cut_targets, 0);
  EXPECT_EQ(encoder.row(example, "other").counts.cut_targets, 1);
}

// A causal network reads one text: nothing ends the prompt.
TEST_F(ChatRowsTest, OfACausalNetworkAreOneText) {
  const TaskData task{.name = "chat", .layout = Layout::conversation};
  const Example example{
      .source = "Hi", .references = {"a"}, .turns = {{Role::user, "Hi"}, {Role::assistant, "a"}}};
  const ExampleEncoder encoder(task, with_soft_tokens(make_template("chat_plain"), {}), vocabulary_,
                               {}, vocabulary_.size(), {64, 4, RowTexts::one});
  Sequence row = encoder.row(example, "a").sequence;
  row.source.insert(row.source.end(), row.target.begin(), row.target.end());
  EXPECT_EQ(row.source, encoder.chat_row(example, "a").row.ids);
}

// Any other task is one exchange: what `mapping` prints. Soft tokens stand before the conversation.
TEST_F(ChatRowsTest, OfOtherTasksAskWhatMappingPrints) {
  TaskData task{.name = "task", .prefix = "not"};
  const BoundTemplate tmpl = with_soft_tokens(make_template("chat_plain"), {.length = 2});
  const ExampleEncoder encoder(task, tmpl, vocabulary_, plan_soft_tokens(tmpl, task, vocabulary_),
                               500);
  std::vector<int32_t> expected = {500, 501};
  for (const int32_t id : vocabulary_.encode("user: not: hot assistant: ")) expected.push_back(id);
  expected.push_back(1);
  const Sequence row = encoder.row({.source = "hot", .references = {"cold"}}, "cold").sequence;
  EXPECT_EQ(row.source, expected);
  EXPECT_EQ(row.target, vocabulary_.frame(vocabulary_.encode("cold")));
}

}  // namespace
}  // namespace dovetail
