// SPDX-License-Identifier: Apache-2.0
#include "base/parameters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/catalogue.h"
#include "base/error.h"

namespace dovetail {
namespace {

using nlohmann::json;

const Parameters kParameters = {
    {"density", 0.15, "share of the tokens", strictly_between(0, 1)},
    {"beams", 4, "beams that are kept", at_least(1)},
    {"final", false, "whether a sentinel ends the targets"},
    {"placement", "before", "side of the input", {}, {"before", "after"}},
    {"folder", "", "where a saved prompt lies"},
    {"modules", {"q", "v"}, "products that are tuned", {}, {"k", "q", "v"}},
    {"texts", {{"R", "[NLU]"}}, "a text for each mode"},
};

struct Entry {
  std::string name;
  Parameters parameters = kParameters;
  std::function<void(const json&)> check = {};
};

std::string refusal(const json& given) {
  try {
    resolve_parameters("thing", kParameters, given);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(Parameters, StandAtTheirDefaultsUnlessGiven) {
  const json defaults = {{"density", 0.15},          {"beams", 4},   {"final", false},
                         {"placement", "before"},    {"folder", ""}, {"modules", {"q", "v"}},
                         {"texts", {{"R", "[NLU]"}}}};

  EXPECT_EQ(defaults_of(kParameters), defaults);
  EXPECT_EQ(resolve_parameters("thing", kParameters, json::object()), defaults);
  EXPECT_EQ(resolve_parameters("thing", kParameters, json()), defaults);

  json expected = defaults;
  expected["beams"] = 7;
  expected["modules"] = {"k"};
  EXPECT_EQ(resolve_parameters("thing", kParameters, {{"beams", 7}, {"modules", {"k"}}}), expected);
}

TEST(Parameters, RefuseAnotherTypeAndValuesOutOfRange) {
  EXPECT_EQ(refusal({{"density", "high"}}),
            "thing: density must be a number between 0 and 1, both excluded, found \"high\"");
  EXPECT_EQ(refusal({{"density", 1.0}}),
            "thing: density must be a number between 0 and 1, both excluded, found 1.0");
  EXPECT_EQ(refusal({{"density", std::nan("")}}).find("thing: density must be a number"), 0);
  EXPECT_EQ(refusal({{"beams", 0}}), "thing: beams must be a whole number of at least 1, found 0");
  EXPECT_EQ(refusal({{"beams", 2.5}}),
            "thing: beams must be a whole number of at least 1, found 2.5");
  EXPECT_EQ(refusal({{"final", 1}}), "thing: final must be true or false, found 1");
  EXPECT_EQ(refusal({{"placement", "middle"}}),
            "thing: placement must be one of before, after, found \"middle\"");
  EXPECT_EQ(refusal({{"modules", {"q", "x"}}}),
            "thing: modules must be a list of names among k, q, v, found [\"q\",\"x\"]");
  EXPECT_EQ(refusal({{"texts", "R"}}), "thing: texts must be a table, found \"R\"");
}

TEST(Parameters, TakeAWholeNumberForANumberAndTheOtherWayRound) {
  EXPECT_EQ(refusal({{"beams", 3.0}}), "");
  Parameters any = {{"rate", 1.0, "any rate"}};
  EXPECT_EQ(resolve_parameters("thing", any, {{"rate", -3}}).at("rate"), -3);
}

TEST(Parameters, SuggestTheNearestKey) {
  EXPECT_EQ(refusal({{"densty", 0.2}})
                .find("thing has no parameter \"densty\": did you mean "
                      "\"density\"?"),
            0);
  EXPECT_EQ(refusal(json::array({1})), "the parameters of thing must be a table, found [1]");
}

TEST(Range, HoldsItsBoundsAsItsTextPutsIt) {
  struct Case {
    Range range;
    std::string text;
    bool low, inside, high;  // whether it holds 0, 0.5 and 1
  };
  for (const Case& one :
       {Case{any_number(), "", true, true, true},
        Case{at_least(0), "of at least 0", true, true, true},
        Case{above(0), "above 0", false, true, true},
        Case{between(0, 1), "between 0 and 1", true, true, true},
        Case{strictly_between(0, 1), "between 0 and 1, both excluded", false, true, false},
        Case{from_up_to(0, 1), "of at least 0 and below 1", true, true, false},
        Case{above_up_to(0, 1), "above 0 and at most 1", false, true, true}}) {
    EXPECT_EQ(one.range.text, one.text);
    EXPECT_EQ(one.range.holds(0), one.low) << one.text;
    EXPECT_EQ(one.range.holds(0.5), one.inside) << one.text;
    EXPECT_EQ(one.range.holds(1), one.high) << one.text;
    EXPECT_FALSE(one.range.holds(std::nan(""))) << one.text;
  }
  EXPECT_FALSE(between(0, 1).holds(-0.1));
  EXPECT_FALSE(between(0, 1).holds(1.1));
}

TEST(ResolveParameters, OfAnEntryChecksThemTogether) {
  const Entry entry{.name = "thing", .check = [](const json& all) {
                      if (all.at("final") == true && all.at("placement") == "after") {
                        throw_<ConfigError>("final and after exclude each other");
                      }
                    }};

  EXPECT_EQ(resolve_parameters(entry, {{"final", true}}).at("placement"), "before");
  EXPECT_THROW(resolve_parameters(entry, {{"final", true}, {"placement", "after"}}), ConfigError);
  EXPECT_EQ(resolve_parameters(Entry{.name = "free"}, json::object()), defaults_of(kParameters));
}

TEST(FindInCatalogue, SuggestsTheNearestName) {
  const std::vector<Entry> entries = {{.name = "first"}, {.name = "second"}};

  EXPECT_EQ(&find_in_catalogue("thing", entries, "second"), &entries[1]);
  try {
    find_in_catalogue("thing", entries, "secnd");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "unknown thing \"secnd\": did you mean \"second\"? (known: first, second)");
  }
}

}  // namespace
}  // namespace dovetail
