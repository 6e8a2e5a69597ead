// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_registration.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

ClaimResult result_of(const Claim& claim) {
  ClaimResult result;
  result.claim = claim;
  result.jobs = {"first", "second", "third"};
  return result;
}

TEST(ClaimRegistration, CountsTheResultsThatWereThere) {
  const Claim claim{.name = "masked wins", .source = "somebody", .metrics = {"rouge_l"}};
  Claim changed = claim;
  changed.margin = 0.02;
  Registrations known;
  known.claims = {{"masked wins", registration_hash(claim), "2026-11-29 03:10:25 UTC", 0},
                  {"masked wins", registration_hash(changed), "2026-11-30 03:10:25 UTC", 3}};
  known.records = {{"first", 0}, {"other", 1}, {"second", 2}, {"third", 3}};
  std::vector<ClaimResult> results = {result_of(claim), result_of(changed),
                                      result_of({.name = "unknown"})};

  note_registrations(results, known);

  ASSERT_TRUE(results[0].registered);
  EXPECT_EQ(results[0].registered->at, "2026-11-29 03:10:25 UTC");
  EXPECT_EQ(results[0].registered->results_before, 0);
  ASSERT_TRUE(results[1].registered);
  EXPECT_EQ(results[1].registered->results_before, 2);  // the first and the second
  EXPECT_EQ(results[1].registered->earlier_forms, 1);
  EXPECT_FALSE(results[2].registered);
}

}  // namespace
}  // namespace dovetail
