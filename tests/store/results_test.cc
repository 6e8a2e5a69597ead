// SPDX-License-Identifier: Apache-2.0
#include "store/results/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "store/journal.h"
#include "store/plan_file.h"
#include "store/results/chunks.h"
#include "store/results/netcdf.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<double> numbers_at(const fs::path& file, const std::string& path) {
  const hdf5::Handle opened = hdf5::open_file(file);
  const hdf5::Handle dataset = hdf5::open_dataset(opened, path);
  size_t count = 1;
  for (const hsize_t size : hdf5::shape_of(dataset)) count *= size;
  std::vector<double> values(count);
  hdf5::read_dataset(dataset, hdf5::type_of<double>(), values.data());
  return values;
}

Plan read_plan_again(const fs::path& folder, const Plan& plan) {
  write_plan(folder, plan);
  return read_plan(folder);
}

TEST(Results, PutsEveryCellAtItsPlaceInTheCube) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "results.h5";
  const Plan plan = grid_plan({});
  const auto records = all_finished(plan);

  write_results(file, plan, records);

  const hdf5::Handle opened = hdf5::open_file(file);
  EXPECT_THAT(hdf5::shape_of(hdf5::open_dataset(opened, "/cube/rouge_l")),
              ElementsAre(2, 2, 2, 1, 2, 2));
  EXPECT_THAT(hdf5::shape_of(hdf5::open_dataset(opened, "/cube/most_frequent_rouge_l")),
              ElementsAre(2, 2, 2));
  EXPECT_THAT(hdf5::shape_of(hdf5::open_dataset(opened, "/cube/copy_loss")), ElementsAre(2));
  const std::vector<double> cube = numbers_at(file, "/cube/rouge_l");
  for (size_t i = 0; i < 32; ++i) {  // grid_plan() makes cells in the cube's own order
    EXPECT_EQ(cube[i], records.at(plan.jobs[plan.cells[i].job].key).metrics.at("rouge_l"))
        << plan.cells[i].name;
  }
}

TEST(Results, HasTheMeansOfEachStratum) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "results.h5";
  Plan plan =
      grid_plan({.objectives = 1, .tasks = 1, .templates = 1, .train_sizes = 1, .seeds = 1});
  plan.strata["task0"] = {.columns = {"d"}, .values = {{"1", "2", "1"}}};
  auto records = all_finished(plan);
  records.at(plan.jobs[plan.cells[0].job].key).per_example["rouge_l"] = {0.25F, 1, 0.75F};

  write_results(file, plan, records);

  const std::vector<double> cells = numbers_at(file, "/strata/cell");
  ASSERT_EQ(cells.size(), 2 * plan.cells.size());
  EXPECT_EQ(cells[0], 0);
  EXPECT_EQ(cells[2], 1);
  EXPECT_EQ(numbers_at(file, "/strata/examples")[0], 2);
  EXPECT_EQ(numbers_at(file, "/strata/rouge_l")[0], 0.5);
  EXPECT_EQ(numbers_at(file, "/strata/rouge_l")[1], 1);
  EXPECT_EQ(read_plan_again(folder.path(), plan).strata, plan.strata);
}

TEST(Results, TellsMissingFailedCrashedAndExcludedApart) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "results.h5";
  Plan plan =
      grid_plan({.objectives = 1, .tasks = 1, .templates = 1, .train_sizes = 1, .seeds = 5});
  plan.cells.erase(plan.cells.begin() + 4);
  auto records = all_finished(plan);
  const auto key_of = [&](size_t cell) { return plan.jobs[plan.cells[cell].job].key; };
  records.erase(key_of(0));
  records[key_of(1)] = failed_record(plan.jobs[plan.cells[1].job], "the loss is not a number");
  records[key_of(2)] = failed_record(plan.jobs[plan.cells[2].job], "took its process down");
  records[key_of(2)].status = RunStatus::crashed;

  write_results(file, plan, records);

  EXPECT_THAT(numbers_at(file, "/cube/status"), ElementsAre(0, 2, 3, 1, 4));
  const std::vector<double> scores = numbers_at(file, "/cube/rouge_l");
  for (const size_t place : {0, 1, 2, 4}) EXPECT_TRUE(std::isnan(scores[place])) << place;
  EXPECT_EQ(scores[3], records.at(key_of(3)).metrics.at("rouge_l"));
  const std::vector<double> num_test = numbers_at(file, "/cube/num_test");
  for (const size_t place : {0, 1, 2, 4}) EXPECT_TRUE(std::isnan(num_test[place])) << place;
  EXPECT_EQ(num_test[3], 3);
}

TEST(Results, AreTheSameBytesFromTheJournal) {
  const TemporaryFolder folder;
  const Plan plan = grid_plan({});
  auto records = all_finished(plan);
  records.begin()->second.metrics["loss"] = -std::nan("0x5");  // as an unlucky division leaves it
  records.begin()->second.curves["train_loss"].values[0] = -std::nan("");
  {
    // In another order than the plan's, as workers finish.
    Journal journal(folder.path());
    for (auto record = records.rbegin(); record != records.rend(); ++record)
      journal.append(record->second);
  }
  write_results(folder.path() / "a.h5", plan, records);
  ::sleep(1);  // HDF5's time stamps count seconds

  write_plan(folder.path(), plan);
  write_results(folder.path() / "b.h5", read_plan(folder.path()), read_journal(folder.path()));

  EXPECT_EQ(file_hash(folder.path() / "a.h5"), file_hash(folder.path() / "b.h5"));
}

TEST(Results, OfASweepWithoutAxesOrRecords) {
  const TemporaryFolder folder;
  Plan plan{.sweep_name = "checkpoints",
            .axis_labels = {{"objective", {"none"}}, {"seed", {"1", "2"}}}};
  for (const char* seed : {"1", "2"}) {
    const std::string name = fmt::format("checkpoints/none/seed{}", seed);
    plan.cells.push_back(
        {name, {"none", "", "", "", "", "", seed}, "", add_job(plan, JobKind::pretrain, name, {})});
  }

  write_results(folder.path() / "results.h5", plan, {});

  EXPECT_THAT(numbers_at(folder.path() / "results.h5", "/cube/status"), ElementsAre(0, 0));
}

TEST(Results, SayWhichLabelIsUnknown) {
  const TemporaryFolder folder;
  Plan plan = grid_plan({});
  plan.cells[3].coordinates[0] = "unheard_of";

  try {
    write_results(folder.path() / "results.h5", plan, {});
    FAIL() << "written";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("objective \"unheard_of\""));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Results, SayThatTheFolderIsNotThere) {
  try {
    write_results("/no/such/folder/results.h5", grid_plan({}), {});
    FAIL() << "written";
  } catch (const SystemError& error) {
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
  }
}

TEST(Plans, AreReadAsTheyWereWritten) {
  const TemporaryFolder folder;
  const Plan plan = grid_plan({});

  write_plan(folder.path(), plan);

  EXPECT_EQ(Json(read_plan(folder.path())), Json(plan));
}

TEST(Plans, SayWhatIsWrongWithThem) {
  const TemporaryFolder folder;
  EXPECT_THROW(read_plan(folder.path()), SystemError);
  for (const char* text : {"", "{", "[]", "{\"cells\": 3}"}) {
    std::ofstream(folder.path() / "plan.json") << text;
    try {
      read_plan(folder.path());
      FAIL() << "read " << text;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr("plan.json"));
    }
  }
}

// What our own compression wrote, HDF5's filters read back.
TEST(Chunks, OfManyShapesComeBack) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "chunks.h5";
  const std::vector<hdf5::Shape> shapes = {{100000},   {70001},          {3, 50000},
                                           {300, 301}, {1, 1, 90000},    {5, 1, 7, 11, 13, 17},
                                           {40000, 3}, {2, 2, 2, 70000}, {8193}};
  std::vector<std::vector<double>> arrays;
  Rng rng(3);
  {
    const hdf5::Handle file = hdf5::create_file_in_memory();
    for (size_t i = 0; i < shapes.size(); ++i) {
      size_t count = 1;
      for (const hsize_t size : shapes[i]) count *= size;
      for (std::vector<double>& values = arrays.emplace_back(count); double& value : values)
        value = rng.uniform();
      const hdf5::Shape chunk = hdf5::chunk_shape(shapes[i], sizeof(double));
      ASSERT_FALSE(chunk.empty());
      const hdf5::Handle dataset = hdf5::create_dataset(
          file, std::to_string(i), hdf5::type_of<double>(), shapes[i], chunk, nullptr);
      hdf5::write_chunks(dataset, shapes[i], chunk, sizeof(double), arrays[i].data());
    }
    write_file_atomically(path, hdf5::file_image(file));
  }

  for (size_t i = 0; i < shapes.size(); ++i)
    EXPECT_EQ(numbers_at(path, std::to_string(i)), arrays[i]) << i;
}

TEST(Hdf5, FailsWithItsOwnWords) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "text.h5") << "no HDF5";

  try {
    hdf5::open_file(folder.path() / "text.h5");
    FAIL() << "opened";
  } catch (const SystemError& error) {
    EXPECT_THAT(error.what(), HasSubstr("text.h5"));
    EXPECT_THAT(error.what(), HasSubstr("file signature not found"));
  }
}

TEST(Utf8Text, KeepsWhatIsWellFormed) {
  for (const char* text : {"", "plain", "größe", "日本", "🎲", "\x7f"})
    EXPECT_EQ(utf8_text(text), text);
}

TEST(Utf8Text, ReplacesWhatIsNot) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(utf8_text("a\xFF"
                      "b"),
            "a" + bad + "b");
  EXPECT_EQ(utf8_text(std::string_view("a\0b", 3)), "a" + bad + "b");
  EXPECT_EQ(utf8_text("\xC3"), bad);                      // cut off
  EXPECT_EQ(utf8_text("\xC0\x80"), bad + bad);            // overlong
  EXPECT_EQ(utf8_text("\xED\xA0\x80"), bad + bad + bad);  // a surrogate
}

}  // namespace
}  // namespace dovetail
