// SPDX-License-Identifier: Apache-2.0
#include "planning/template_prints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TaskData texts(const std::string& phrase) {
  return {.name = "mine",
          .phrase = phrase,
          .train = {{.source = "a", .references = {"b"}}, {.source = "c", .references = {"d"}}},
          .layout = Layout::text};
}

TEST(TemplatePrints, NameTemplatesThatPrintTheSame) {
  TemplatePrints prints;
  for (const char* name : {"mapping", "masked_mapping", "prompting"}) {
    prints.add(name, make_template(name), texts("{source}"));
  }

  EXPECT_THAT(prints.notes(),
              ElementsAre("templates mapping and prompting print the same, so they are one choice "
                          "and not 2"));
}

TEST(TemplatePrints, SayNothingOfTemplatesThatDiffer) {
  TemplatePrints prints;
  for (const char* name : {"mapping", "prompting"}) {
    prints.add(name, make_template(name), texts("{source} is"));
  }

  EXPECT_THAT(prints.notes(), IsEmpty());
}

TEST(TemplatePrints, NameAVerbalizerThatCannotServeTheTask) {
  TemplatePrints prints;
  prints.add("mapping", make_template("mapping", {{"verbalizer", "sentiment"}}),
             texts("{source} is"));

  EXPECT_THAT(prints.notes(),
              ElementsAre(AllOf(HasSubstr("verbalizer sentiment of template mapping"),
                                HasSubstr("layout classification"))));
}

}  // namespace
}  // namespace dovetail
