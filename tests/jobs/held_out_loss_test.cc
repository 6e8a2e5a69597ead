// SPDX-License-Identifier: Apache-2.0
#include "jobs/held_out_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

class HeldOutLossTest : public testing::Test {
 protected:
  HeldOutLossTest()
      : file_(fs::temp_directory_path() / fmt::format("dovetail_held_out_{}.json", ::getpid())) {}
  ~HeldOutLossTest() override { fs::remove(file_); }

  HeldOutLoss made(int64_t documents) const {
    const Documents some(documents, documents * 20,
                         [](int64_t) { return std::vector<int32_t>(20, 70); });
    PretrainSettings settings;
    settings.sequence_length = settings.batch_tokens = 32;
    settings.held_out = documents;
    return {some, vocabulary_, {"prefix_lm", Json::object()}, settings, file_};
  }

  Vocabulary vocabulary_ = Vocabulary::bytes();
  fs::path file_;
};

// A state of step 25 is resumed: the points behind it come again, so they must go.
TEST_F(HeldOutLossTest, ResumesItsCurveAtTheStepOfTheState) {
  write_file_atomically(file_, R"({"steps": [10, 20, 30], "values": [3.0, 2.5, 2.25]})");
  HeldOutLoss loss = made(10);
  loss.restore(25);
  EXPECT_THAT(loss.curve().steps, testing::ElementsAre(10, 20));
  EXPECT_THAT(loss.curve().values, testing::ElementsAre(3.0, 2.5));
}

TEST_F(HeldOutLossTest, BeginsAnewWithADamagedFile) {
  write_file_atomically(file_, R"({"steps": [10, 20)");
  HeldOutLoss loss = made(10);
  loss.restore(25);
  EXPECT_TRUE(loss.curve().steps.empty());
}

TEST_F(HeldOutLossTest, NeedsTextForTwoRows) {
  EXPECT_THROW(made(3), DataError) << "60 tokens, rows of 32";
  EXPECT_NO_THROW(made(4));
}

}  // namespace
}  // namespace dovetail
