// SPDX-License-Identifier: Apache-2.0
#include "tasks/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tasks/verbalizer.h"

namespace dovetail {
namespace {

const std::string kHead = "PersonX goes to the mall";
const std::string kTail = "to drive there";

TaskData x_need() {
  return {.name = "atomic2020/xNeed",
          .prefix = "xNeed",
          .phrase = load_verbalizer("atomic2020").phrase("xNeed"),
          .kind = "phrasal",
          .train = {},
          .test = {}};
}

// The families of MTO (Pouramini and Faili 2024) for one head, as its own code prints them with
// three soft tokens; `place` "" is tuning without soft tokens.
struct FamilyCase {
  std::string family, form, place, source, target;
};

TEST(Templates, PrintMTOsFamilies) {
  const std::string plain = "to drive there", masked = "<extra_id_0> to drive there";
  const std::vector<FamilyCase> cases = {
      {"Mapping", "mapping", "", "xNeed: PersonX goes to the mall", plain},
      {"MaskedMapping", "masked_mapping", "", "xNeed: PersonX goes to the mall <extra_id_0>",
       masked},
      {"Prompting", "prompting", "", "xNeed: But before PersonX goes to the mall, PersonX needed",
       plain},
      {"MaskedPrompting", "masked_prompting", "",
       "xNeed: But before PersonX goes to the mall, PersonX needed <extra_id_0>", masked},
      {"PrePT", "prompting", "before",
       "xNeed: <P0> <P1> <P2> But before PersonX goes to the mall, PersonX needed", plain},
      {"MaskedPrePT", "masked_prompting", "before",
       "xNeed: <P0> <P1> <P2> But before PersonX goes to the mall, PersonX needed <extra_id_0>",
       masked},
      {"PostPT", "mapping", "after", "xNeed: PersonX goes to the mall <P0> <P1> <P2>", plain},
      {"MaskedPostPT", "masked_mapping", "after",
       "xNeed: PersonX goes to the mall <P0> <P1> <P2> <extra_id_0>", masked},
      {"PreSup", "mapping", "before", "xNeed: <P0> <P1> <P2> PersonX goes to the mall", plain},
  };
  for (const FamilyCase& expected : cases) {
    const Rendered found = render(find_template(expected.form), x_need(), kHead, kTail);
    const std::string source =
        expected.place.empty() ? found.source() : found.source_with_soft_tokens(3, expected.place);
    EXPECT_EQ(source, expected.source) << expected.family;
    EXPECT_EQ(found.target, expected.target) << expected.family;
  }
}

TEST(Templates, CarryThePapersNames) {
  std::vector<std::string> labels;
  for (const Template& form : templates()) labels.push_back(form.paper_label);

  EXPECT_THAT(labels,
              testing::ElementsAre("Mapping", "MaskedMapping", "Prompting", "MaskedPrompting"));
}

// Prompting rows of the same source for other relations.
TEST(Templates, PutTheHeadWhereThePhraseSays) {
  const Verbalizer words = load_verbalizer("atomic2020");
  struct Case {
    std::string relation, head, source;
  };
  for (const Case& expected : std::vector<Case>{
           {"xAttr", kHead, "xAttr: PersonX goes to the mall So, PersonX is seen as <extra_id_0>"},
           {"AtLocation", "bread", "AtLocation: you are likely to find bread in <extra_id_0>"},
           {"ObjectUse", "bread", "ObjectUse: bread is used for <extra_id_0>"},
           {"Causes", "rain", "Causes: Sometimes rain causes <extra_id_0>"}}) {
    TaskData task = x_need();
    task.prefix = expected.relation;
    task.phrase = words.phrase(expected.relation);
    EXPECT_EQ(render(find_template("masked_prompting"), task, expected.head, "x").source(),
              expected.source);
  }
}

TEST(Templates, PutAPhraseWithoutAPlaceAfterTheHead) {
  TaskData task = x_need();
  task.phrase = load_verbalizer("atomic2020_short").phrase("xNeed");

  EXPECT_EQ(render(find_template("prompting"), task, kHead, kTail).source(),
            "xNeed: PersonX goes to the mall before that PersonX requires");
}

TEST(Templates, CollapseBlanksAndLeaveOutAnEmptyPrefix) {
  TaskData task = x_need();
  task.prefix = "";
  task.phrase = "  before {source} ,  they\tneed ";

  const Rendered found = render(find_template("masked_prompting"), task, " go  there\n", " a  b ");

  EXPECT_EQ(found.prefix, "");
  EXPECT_EQ(found.source(), "before go there , they need <extra_id_0>");
  EXPECT_EQ(found.target, "<extra_id_0> a b");
}

TEST(Templates, TakeBracesInAHeadAsText) {
  EXPECT_EQ(render(find_template("prompting"), x_need(), "a {source} b", "x").body,
            "But before a {source} b, PersonX needed");
}

TEST(Templates, ReadTheRelationFromTheHeadInATaskOfSeveral) {
  TaskData task = x_need();
  task.relations = {{"xNeed", {"xNeed", "But before {source}, PersonX needed"}},
                    {"xWant", {"xWant", "After {source}, PersonX would want"}}};

  EXPECT_EQ(render(find_template("mapping"), task, "xWant: " + kHead, "x").source(),
            "xWant: PersonX goes to the mall");
  EXPECT_EQ(render(find_template("prompting"), task, "xWant: " + kHead, "x").source(),
            "xWant: After PersonX goes to the mall, PersonX would want");
}

TEST(Templates, AreFoundByName) {
  try {
    find_template("masked_maping");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean \"masked_mapping\""));
  }
  const Rendered rendered = render(find_template("mapping"), x_need(), kHead, kTail);
  EXPECT_THROW(rendered.source_with_soft_tokens(2, "middle"), ConfigError);
}

TEST(Postprocess, DropsSentinelsAndBlanks) {
  EXPECT_EQ(postprocess("<extra_id_0> to drive there"), "to drive there");
  EXPECT_EQ(postprocess("  to <extra_id_12>drive<extra_id_1> "), "to drive");
  EXPECT_EQ(postprocess("<extra_id_0>"), "");
  EXPECT_EQ(postprocess(""), "");
  EXPECT_EQ(postprocess("a < b <extra_id_> <extra_id_1"), "a < b <extra_id_> <extra_id_1");
}

}  // namespace
}  // namespace dovetail
