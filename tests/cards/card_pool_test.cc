// SPDX-License-Identifier: Apache-2.0
#include "cards/card_pool.h"

#include "card_fixture.h"
#include "tasks/find_pool.h"
#include "tasks/verify_task.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

class CardPoolTest : public testing::Test {
 protected:
  CardPoolTest() {
    scratch_.write("train.csv", "1,a fine film\n0,a dull film\n");
    scratch_.write("test.csv", "1,an odd film\n0,no film\n");
    scratch_.write("pool.tsv", "sentence\tlabel\na new film\t1\na new film\t1\nan old film\t0\n");
  }

  std::string card(const std::string& pool) {
    return scratch_.write(
        "card.toml", "name = \"mine\"\ntrain = \"train.csv\"\ntest = \"test.csv\"\n" + kSentiment +
                         "[pool]\nfiles = \"pool.tsv\"\nformat = \"tsv\"\nheader = true\n" + pool);
  }
  std::string columns() { return "columns = { text = \"sentence\", label = \"label\" }\n"; }
  std::string message_of(const std::string& pool) {
    try {
      load_card_pool(card(pool));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  }

  ScratchFolder scratch_;
};

TEST_F(CardPoolTest, IsReadInItsOwnFormatWithoutLabels) {
  const Pool pool = load_card_pool(card(columns()));

  ASSERT_EQ(pool.examples.size(), 3u) << "repeated rows are examples of their own";
  EXPECT_EQ(pool.examples[0].source, "a new film");
  EXPECT_EQ(pool.examples[2].source, "an old film");
  for (const Example& example : pool.examples) {
    EXPECT_TRUE(example.references.empty());
    EXPECT_EQ(example.answer, -1);
    EXPECT_TRUE(example.strata.empty());
  }
  EXPECT_EQ(pool.answers, (std::vector<int64_t>{1, 1, 0}));
}

// Wrong labels in the file reach nothing but the answers.
TEST_F(CardPoolTest, PlantedLabelsChangeNoExample) {
  const std::string name = card(columns());
  const Pool right = load_card_pool(name);
  scratch_.write("pool.tsv", "sentence\tlabel\na new film\t0\na new film\tx\nan old film\t1\n");
  const Pool planted = load_card_pool(name);

  ASSERT_EQ(planted.examples.size(), right.examples.size());
  for (size_t i = 0; i < right.examples.size(); ++i)
    EXPECT_EQ(planted.examples[i].source, right.examples[i].source);
  EXPECT_EQ(planted.answers, (std::vector<int64_t>{0, -1, 1}));
}

TEST_F(CardPoolTest, RefusesRowsOfTheTestWithBothPlaces) {
  scratch_.write("pool.tsv", "sentence\tlabel\na new film\t1\nno  film\t0\n");

  const std::string message = message_of(columns());

  EXPECT_THAT(message, HasSubstr("test.csv:2: text \"no film\" is also at"));
  EXPECT_THAT(message, HasSubstr("pool.tsv:3"));
  EXPECT_THAT(message, HasSubstr("set pool.leaks = \"drop\""));
  EXPECT_EQ(verify_task(card(columns())).refusals.size(), 1u);
}

TEST_F(CardPoolTest, MayDropRowsOfTheTest) {
  scratch_.write("pool.tsv", "sentence\tlabel\na new film\t1\nno  film\t0\n");
  const std::string name = card(columns() + "leaks = \"drop\"\n");

  EXPECT_EQ(load_card_pool(name).examples.size(), 1u);
  const DataReport report = verify_task(name);
  EXPECT_TRUE(report.refusals.empty());
  EXPECT_EQ(report.files.back().split, "pool");
  EXPECT_EQ(report.files.back().leaks, 1);
}

TEST_F(CardPoolTest, SaysWhatIsMissing) {
  EXPECT_THAT(message_of("columns = { text = \"words\" }\n"), HasSubstr("words"));
  EXPECT_THAT(message_of("leeks = \"drop\"\n"), HasSubstr("unknown key \"pool.leeks\""));
  const std::string plain = scratch_.write(
      "plain.toml", "name = \"mine\"\ntrain = \"train.csv\"\ntest = \"test.csv\"\n" + kSentiment);
  try {
    load_card_pool(plain);
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("this card has no pool of unlabelled examples"));
  }
}

TEST_F(CardPoolTest, AMissingFileIsAnErrorForThoseAloneWhoNeedIt) {
  const std::string name = card(columns());
  std::filesystem::remove(scratch_.path() / "pool.tsv");

  EXPECT_THAT(message_of(columns()), HasSubstr("card.toml:9:9: pool.files: there is no file"));
  EXPECT_TRUE(verify_task(name).refusals.empty());
  EXPECT_EQ(load_card(read_card(name)).data.train.size(), 2u);
}

TEST_F(CardPoolTest, MayComeFromAFileOfLines) {
  const TaskData task = load_card(read_card(card(columns()))).data;
  const std::string file = scratch_.write("more.txt", "one film\n\ntwo  films\n");

  const Pool pool = find_pool(task, "", "file", file);

  ASSERT_EQ(pool.examples.size(), 2u);
  EXPECT_EQ(pool.examples[1].source, "two films");
  EXPECT_EQ(pool.answers, (std::vector<int64_t>{-1, -1}));
  scratch_.write("more.txt", "one film\nan odd film\n");
  try {
    find_pool(task, "", "file", file);
    ADD_FAILURE();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("more.txt:2: \"an odd film\" is an example of the test"));
  }
}

TEST_F(CardPoolTest, TasksOfTheCatalogueHaveNone) {
  try {
    find_pool({.name = "wordnet/category"}, "wordnet/category", "card", "");
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("pool = \"train\""));
  }
}

}  // namespace
}  // namespace dovetail
