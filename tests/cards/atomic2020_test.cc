// SPDX-License-Identifier: Apache-2.0
// ATOMIC-2020 through the committed card, where the data set is at hand (test_data.h).
#include <gtest/gtest.h>

#include "base/data_folder.h"
#include "base/scratch_folder.h"
#include "cards/card_load.h"
#include "cards/test_data.h"
#include "examples/verbalizer.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

class Atomic2020 : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path folder = test_data("kg-atomic2020-mini", scratch_);
    if (folder.empty()) GTEST_SKIP() << missing("kg-atomic2020-mini");
    fs::copy_file(data_folder() / "cards/atomic2020.toml", scratch_.path() / "card.toml");
    for (const char* name : {"train.tsv", "test.tsv"}) {
      fs::create_symlink(folder / name, scratch_.path() / name);
    }
  }

  LoadedCard load(const std::string& part) {
    return load_card(read_card((scratch_.path() / "card.toml").string() + part));
  }

  ScratchFolder scratch_;
};

// Counted with awk: rows, (head, relation) pairs, and the pairs whose tail is not "none" only.
TEST_F(Atomic2020, HasTheCountsOfTheMiniSet) {
  const LoadedCard need = load("#xNeed");
  EXPECT_EQ(need.report.files[0].lines, 39130);
  EXPECT_EQ(need.report.files[0].kept, 1924);
  EXPECT_EQ(need.report.train_examples, 1536);
  EXPECT_EQ(need.report.files[1].lines, 20699);
  EXPECT_EQ(need.report.files[1].kept, 1683);
  EXPECT_EQ(need.report.test_examples, 353);

  const LoadedCard all = load("");
  EXPECT_EQ(all.data.relations.size(), 23);
  EXPECT_EQ(all.report.files[0].kept, 39130 - 2479 - 1);
  EXPECT_EQ(all.report.files[1].kept, 20699 - 1261);
  ASSERT_EQ(all.report.problems.size(), 1) << "the published data has a row without a tail";
  EXPECT_NE(all.report.problems[0].find("train.tsv:793: the tail is empty"), std::string::npos);
  EXPECT_EQ(all.report.files[0].bad.at("empty_targets"), 1);
}

TEST_F(Atomic2020, EveryRelationIsATask) {
  for (const auto& [relation, phrase] : load_verbalizer("atomic2020").phrases) {
    const LoadedCard loaded = load("#" + relation);
    EXPECT_GT(loaded.data.train.size(), 0) << relation;
    EXPECT_GT(loaded.data.test.size(), 0) << relation;
    EXPECT_EQ(loaded.data.phrase, phrase);
  }
}

}  // namespace
}  // namespace dovetail
