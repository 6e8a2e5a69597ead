// SPDX-License-Identifier: Apache-2.0
#include "tables/row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

using Json = nlohmann::json;
using Cells = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

const RowContext kNoHeader{.file = "f"};

TEST(Row, FindsValuesAtPaths) {
  const Json object = {{"choices", {{{"text", "a"}}, {{"text", "b"}}}},
                       {"turns",
                        {{{"role", "user"}, {"say", "hi"}},
                         {{"role", "bot"}, {"say", "ho"}},
                         {{"role", "user"}, {"say", "bye"}}}}};
  const Row row(std::vector<Json>{object}, kNoHeader);

  EXPECT_THAT(row.texts("choices.text"), Optional(ElementsAre("a", "b")));
  EXPECT_EQ(row.text("choices.1.text"), "b");
  EXPECT_EQ(row.text("turns.-1.say"), "bye");
  EXPECT_THAT(row.texts("turns[role=user].say"), Optional(ElementsAre("hi", "bye")));
  EXPECT_EQ(row.text("turns[role=bot].0.say"), "ho");
  EXPECT_EQ(row.text("turns[role=judge].0.say"), std::nullopt);
  EXPECT_EQ(row.text("choices.2.text"), std::nullopt);
  EXPECT_EQ(row.text("choices"), std::nullopt) << "a list is no text";
}

TEST(Row, LooksKeysUpFromTheInnermostObjectOutwards) {
  const Row row(std::vector<Json>{{{"id", 1}}, {{"id", 2}, {"title", "T"}}}, kNoHeader);

  EXPECT_EQ(row.text("id"), "1");
  EXPECT_EQ(row.text("title"), "T");
}

TEST(Row, HasCellsByNumberAndByName) {
  const RowContext named{.file = "f.csv", .header = {"a b", "c"}};
  const Row row(Cells{"x", "y"}, named), unnamed(Cells{"x", "y"}, kNoHeader);

  EXPECT_EQ(row.text("a b"), "x");
  EXPECT_EQ(row.text(int64_t{2}), "y");
  EXPECT_EQ(unnamed.text("2"), "y") << "as in a source with {2}";
  EXPECT_EQ(unnamed.text("3"), std::nullopt);
}

TEST(Row, TellsWhatTheHeaderHasAndHowItMayBeCut) {
  const RowContext one{.file = "f.csv", .header = {"text;label"}};
  try {
    Row(Cells{"x;y"}, one).text("text");
    FAIL() << "found";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("f.csv:1: the header has no column \"text\""));
    EXPECT_THAT(error.what(), HasSubstr("set delimiter = \";\""));
  }
}

TEST(Row, ReadsColumnsThatHoldJson) {
  const RowContext context{.file = "f", .header = {"tails", "n"}, .json_columns = {"tails"}};
  Row row(Cells{"[\"a\", {\"t\": \"b\"}]", "1"}, context), broken(Cells{"[\"a\"", "1"}, context);

  EXPECT_EQ(row.read_json_columns(), "");
  EXPECT_EQ(row.text("tails.1.t"), "b");
  EXPECT_EQ(row.text("n"), "1");
  EXPECT_EQ(broken.read_json_columns(), "tails");
}

}  // namespace
}  // namespace dovetail
