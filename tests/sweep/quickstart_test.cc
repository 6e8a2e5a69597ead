// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "base/file.h"
#include "base/names.h"
#include "sweep_fixture.h"

namespace dovetail {
namespace {

// The sweep that `make demo` runs, in a folder where its checkpoints are sure to be.
class Quickstart : public SweepFixture {
 protected:
  Quickstart() {
    text_ = read_file(std::filesystem::path(DOVETAIL_SOURCE_DIR) / "sweeps/quickstart.toml");
    for (const char* name : {"span_corruption", "prefix_lm", "suffix_denoising"}) {
      write_checkpoint(std::string("data/checkpoints/") + name);
    }
    write("sweeps/quickstart.toml", text_);
    plan_ = plan_of(parse_sweep(folder_ / "sweeps/quickstart.toml", test_catalogues()));
  }

  std::string text_;
  Plan plan_;
};

TEST_F(Quickstart, HasTheAxesItPromises) {
  const std::map<std::string, size_t> sizes = {{"objective", 5}, {"task", 6},       {"template", 4},
                                               {"tuning", 2},    {"train_size", 2}, {"seed", 2}};

  for (const auto& [axis, size] : sizes) EXPECT_EQ(plan_.axis_labels.at(axis).size(), size) << axis;
}

TEST_F(Quickstart, KeepsEveryObjectiveWithEveryTemplateForEveryTask) {
  int64_t num_tuned = 0;
  std::set<std::string> squares;
  for (const Cell& cell : plan_.cells) {
    if (!cell.baseline.empty()) continue;
    ++num_tuned;
    squares.insert(
        fmt::format("{} {} {}", cell.coordinates[0], cell.coordinates[2], cell.coordinates[3]));
  }

  EXPECT_GE(num_tuned, 200);
  EXPECT_EQ(squares.size(), 5 * 6 * 4);
}

TEST_F(Quickstart, ExplainsEveryLine) {
  int number = 0;
  for (const std::string& line : split(text_, '\n')) {
    ++number;
    EXPECT_TRUE(trim(line).empty() || line.find('#') != std::string::npos) << "line " << number;
  }
}

}  // namespace
}  // namespace dovetail
