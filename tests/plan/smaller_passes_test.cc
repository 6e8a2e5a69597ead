// SPDX-License-Identifier: Apache-2.0
#include "plan/smaller_passes.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(WithSmallerPasses, DoublesTheAccumulationAndNothingElse) {
  TuneJob cell;
  cell.tune.options.accumulate = 3;
  const Job job{.key = "k", .name = "a/b", .settings = cell};

  const std::optional<Job> smaller = with_smaller_passes(job);

  ASSERT_TRUE(smaller);
  EXPECT_EQ(settings_of<TuneJob>(*smaller).tune.options.accumulate, 6);
  Json expected = job, found = *smaller;
  expected["settings"]["tune"]["options"].erase("accumulate");
  found["settings"]["tune"]["options"].erase("accumulate");
  EXPECT_EQ(found, expected);
}

TEST(WithSmallerPasses, IsForJobsThatTrain) {
  const auto accumulate = [](const std::optional<Job>& job) {
    return settings_of<PretrainJob>(job.value()).pretrain.options.accumulate;
  };
  EXPECT_EQ(accumulate(with_smaller_passes({.kind = JobKind::pretrain, .settings = PretrainJob{}})),
            2);
  EXPECT_FALSE(with_smaller_passes({.kind = JobKind::tokenizer, .settings = TokenizerJob{}}));
  EXPECT_FALSE(with_smaller_passes({}));
}

}  // namespace
}  // namespace dovetail
