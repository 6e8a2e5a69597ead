// SPDX-License-Identifier: Apache-2.0
#include "driver/messages.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "driver/made_up.h"

namespace dovetail {

TEST(Messages, AnAssignmentArrivesAsItWas) {
  Assignment sent{{made_up::job("a", 1), made_up::job("b", 2, {0})}, {1, 3}};
  TuneJob tune;
  tune.tune.optimizer.learning_rate = 0.1;
  tune.seed = 7;
  sent.jobs[1].settings = tune;

  const Assignment got = assignment_from({0, kJobs, to_message(sent)});

  ASSERT_EQ(got.jobs.size(), 2);
  EXPECT_EQ(Json(got.jobs), Json(sent.jobs));
  EXPECT_EQ(got.attempts, sent.attempts);
}

TEST(Messages, RecordsArriveWithNanAndInfinity) {
  Record record = made_up::finished(made_up::job("a", 1));
  record.metrics["loss"] = std::nan("");
  record.metrics["perplexity"] = INFINITY;
  record.per_example["rouge_l"] = {0.5f, NAN, 1.f};

  const Delivery delivery = delivery_from({1, kRecords, to_message(Delivery{{record}, false})});
  EXPECT_FALSE(delivery.ended);
  const std::vector<Record>& got = delivery.records;

  ASSERT_EQ(got.size(), 1);
  EXPECT_TRUE(std::isnan(got[0].metrics.at("loss")));
  EXPECT_EQ(got[0].metrics.at("perplexity"), INFINITY);
  EXPECT_EQ(got[0].per_example.at("rouge_l")[2], 1.f);
  EXPECT_EQ(to_bytes(got[0]), to_bytes(record));
}

TEST(Messages, WhatIsNoCborIsAnError) {
  EXPECT_THROW(body_of({3, kRecords, {0xff, 0x00}}), CommError);
}

}  // namespace dovetail
