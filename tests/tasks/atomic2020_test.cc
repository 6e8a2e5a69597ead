// SPDX-License-Identifier: Apache-2.0
// ATOMIC-2020 through the committed card, where the data set is at hand. DOVETAIL_ATOMIC2020 names
// a folder with train.tsv, dev.tsv and test.tsv; else ../shared/data is tried.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tasks/data_folder.h"
#include "tasks/kg_tsv.h"
#include "tasks/scratch_folder.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

// The folder with the files, or "" when there is none.
fs::path atomic_folder(const ScratchFolder& scratch) {
  if (const char* named = std::getenv("DOVETAIL_ATOMIC2020"); named && *named) return named;
  const fs::path shared = fs::path(DOVETAIL_SOURCE_DIR).parent_path() / "shared/data";
  const fs::path archive = shared / "kg-atomic2020-mini.tar.xz";
  if (!fs::exists(archive)) return {};
  const std::string command =
      "tar -xJf '" + archive.string() + "' -C '" + scratch.path().string() + "'";
  return std::system(command.c_str()) == 0 ? scratch.path() / "kg-atomic2020-mini" : fs::path();
}

class Atomic2020 : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = atomic_folder(scratch_);
    if (folder_.empty()) {
      GTEST_SKIP() << "ATOMIC-2020 is not here: set DOVETAIL_ATOMIC2020 to its folder";
    }
    fs::copy_file(data_folder() / "cards/atomic2020.toml", scratch_.path() / "card.toml");
    for (const char* name : {"train.tsv", "test.tsv"}) {
      fs::create_symlink(folder_ / name, scratch_.path() / name);
    }
  }

  KgTsvCard card(const std::string& relation) {
    KgTsvCard card = read_kg_tsv_card((scratch_.path() / "card.toml").string());
    card.relation = relation;
    return card;
  }

  ScratchFolder scratch_;
  fs::path folder_;
};

// Counted with awk: rows, (head, relation) pairs, and the pairs whose tail is not "none" only.
TEST_F(Atomic2020, HasTheCountsOfTheMiniSet) {
  if (std::getenv("DOVETAIL_ATOMIC2020")) GTEST_SKIP() << "these are the counts of the mini set";

  const LoadedKgTsv need = load_kg_tsv(card("xNeed"));
  EXPECT_EQ(need.report.files[0].lines, 39130);
  EXPECT_EQ(need.report.files[0].triples, 1924);
  EXPECT_EQ(need.report.train_heads, 1536);
  EXPECT_EQ(need.report.files[1].lines, 20699);
  EXPECT_EQ(need.report.files[1].triples, 1683);
  EXPECT_EQ(need.report.test_heads, 353);

  const LoadedKgTsv all = load_kg_tsv(card("*"));
  EXPECT_EQ(all.data.relations.size(), 23);
  EXPECT_EQ(all.report.files[0].triples, 39130 - 2479 - 1);
  EXPECT_EQ(all.report.files[1].triples, 20699 - 1261);
  ASSERT_EQ(all.report.problems.size(), 1) << "the published data has a row without a tail";
  EXPECT_NE(all.report.problems[0].find("train.tsv:793: the tail is empty"), std::string::npos);
  EXPECT_EQ(all.report.files[0].empty_tails, 1);
}

TEST_F(Atomic2020, EveryRelationIsATask) {
  for (const auto& [relation, phrase] : load_verbalizer("atomic2020").phrases) {
    const LoadedKgTsv loaded = load_kg_tsv(card(relation));
    EXPECT_GT(loaded.data.train.size(), 0) << relation;
    EXPECT_GT(loaded.data.test.size(), 0) << relation;
    EXPECT_EQ(loaded.data.phrase, phrase);
  }
}

}  // namespace
}  // namespace dovetail
