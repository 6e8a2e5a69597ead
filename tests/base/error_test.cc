// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <gmock/gmock.h>

namespace dovetail {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;
using ::testing::ThrowsMessage;

TEST(Throw, FormatsTheMessage) {
  EXPECT_THAT([] { throw_<ConfigError>("{}:{}: unknown key {:?}", "a.toml", 3, "stpes"); },
              ThrowsMessage<ConfigError>("a.toml:3: unknown key \"stpes\""));
}

TEST(Errors, FailuresOfTheWorldAndOfTheUserAreDifferentThings) {
  EXPECT_THAT([] { throw CommError("rank 1 is gone"); }, Throws<SystemError>());
  EXPECT_FALSE((std::is_base_of_v<SystemError, ConfigError>));
  EXPECT_FALSE((std::is_base_of_v<ConfigError, DataError>));
  EXPECT_STREQ(Interrupted().what(), "interrupted");
}

TEST(Check, PrintsBothValuesAndThePlace) {
  const int inputs = 3;

  EXPECT_NO_THROW(DOVETAIL_CHECK_EQ(inputs, 3));
  EXPECT_THAT(
      [&] { DOVETAIL_CHECK_EQ(inputs, 4); },
      ThrowsMessage<std::logic_error>(
          AllOf(HasSubstr("error_test.cc:"), HasSubstr("inputs == 4"), HasSubstr("3 against 4"))));
}

TEST(Check, LessThanIsStrict) {
  EXPECT_NO_THROW(DOVETAIL_CHECK_LT(1, 2));
  EXPECT_THROW(DOVETAIL_CHECK_LT(2, 2), std::logic_error);
}

TEST(Check, ConditionIsNamed) {
  EXPECT_NO_THROW(DOVETAIL_CHECK(1 + 1 == 2));
  EXPECT_THAT([] { DOVETAIL_CHECK(1 + 1 == 3); },
              ThrowsMessage<std::logic_error>(HasSubstr("1 + 1 == 3")));
}

}  // namespace
}  // namespace dovetail
