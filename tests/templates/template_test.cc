// SPDX-License-Identifier: Apache-2.0
#include "templates/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "examples/verbalizer.h"
#include "templates/render.h"
#include "templates/soft_tokens.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHead = "PersonX goes to the mall";
const std::string kTail = "to drive there";

TaskData task_of(const std::string& relation) {
  TaskData task;
  task.name = "atomic2020/" + relation;
  task.prefix = relation;
  task.relation = relation;
  task.phrase = load_verbalizer("atomic2020").phrase(relation);
  task.kind = "phrasal";
  return task;
}

TaskData x_need() { return task_of("xNeed"); }

Rendered rendered(const BoundTemplate& form, const TaskData& task, const std::string& head,
                  const std::string& tail) {
  return render(form, task, {.source = head, .references = {tail}}, tail);
}

std::string source_of(const std::string& form, const TaskData& task, const std::string& head) {
  return rendered(make_template(form), task, head, "x").source_text();
}

// MTO's families (Pouramini and Faili 2024) for one head, as its own code prints them with three
// soft tokens: by the catalogue's name, by the dash-joined parts, and with soft tokens put in by a
// tuning.
struct FamilyCase {
  std::string family, form, parts, source, target;
};

const std::string kPlain = "to drive there", kMasked = "<extra_id_0> to drive there";
const std::string kNeed = "But before PersonX goes to the mall, PersonX needed";

const std::vector<FamilyCase> kFamilies = {
    {"Mapping", "mapping", "sup", "xNeed: PersonX goes to the mall", kPlain},
    {"MaskedMapping", "masked_mapping", "unsup", "xNeed: PersonX goes to the mall <extra_id_0>",
     kMasked},
    {"Prompting", "prompting", "sup-nat", "xNeed: " + kNeed, kPlain},
    {"MaskedPrompting", "masked_prompting", "unsup-nat", "xNeed: " + kNeed + " <extra_id_0>",
     kMasked},
    {"PrePT", "pre_pt", "ptar-sup-nat", "xNeed: <P0> <P1> <P2> " + kNeed, kPlain},
    {"MaskedPrePT", "masked_pre_pt", "ptar-unsup-nat",
     "xNeed: <P0> <P1> <P2> " + kNeed + " <extra_id_0>", kMasked},
    {"PostPT", "post_pt", "0-ptar-sup", "xNeed: PersonX goes to the mall <P0> <P1> <P2>", kPlain},
    {"MaskedPostPT", "masked_post_pt", "0-ptar-unsup",
     "xNeed: PersonX goes to the mall <P0> <P1> <P2> <extra_id_0>", kMasked},
    {"PreSup", "pre_sup", "ptar-sup", "xNeed: <P0> <P1> <P2> PersonX goes to the mall", kPlain},
    {"pt-sup", "pt_mapping", "pt-sup", "xNeed: <T0> <T1> <T2> PersonX goes to the mall", kPlain},
    {"pcom-pt-unsup-nat", "common_pt", "pcom-pt-unsup-nat",
     "xNeed: <com0> <com1> <com2> <T3> <T4> <T5> " + kNeed + " <extra_id_0>", kMasked},
    {"sup-wrap", "wrapped", "pt-0-ptar-sup",
     "xNeed: <T0> <T1> <T2> PersonX goes to the mall <P0> <P1> <P2>", kPlain},
    {"unsup-wrap", "masked_wrapped", "pt-0-ptar-unsup",
     "xNeed: <T0> <T1> <T2> PersonX goes to the mall <P0> <P1> <P2> <extra_id_0>", kMasked},
    {"unsup-wrap-com", "common_wrapped", "pcom-0-ptar-unsup",
     "xNeed: <com0> <com1> <com2> PersonX goes to the mall <P0> <P1> <P2> <extra_id_0>", kMasked},
    {"psh-unsup", "shared_pt", "psh-unsup",
     "xNeed: <event.0> <event.1> <event.2> <before.0> <before.1> <before.2> <person.0> <person.1> "
     "<person.2> "
     "<need.0> <need.1> <need.2> PersonX goes to the mall <extra_id_0>",
     kMasked}};

TEST(Templates, PrintMTOsFamilies) {
  for (const FamilyCase& expected : kFamilies) {
    for (const std::string& name : {expected.form, expected.parts}) {
      BoundTemplate form = make_template(name);
      if (needs_soft_tokens(form)) form = with_soft_tokens(form, {.length = 3});
      const Rendered found = rendered(form, x_need(), kHead, kTail);
      EXPECT_EQ(found.source_text(/*with_owner=*/false), expected.source) << name;
      EXPECT_EQ(found.target, expected.target) << name;
      EXPECT_EQ(form.paper_label, expected.family) << name;
    }
    EXPECT_EQ(find_template(expected.form).parts, expected.parts);
  }
}

TEST(Templates, TakeATuningsSoftTokensWhereTheyHaveNone) {
  struct Case {
    std::string form, placement, source;
  };
  for (const Case& expected : std::vector<Case>{
           {"prompting", "before", "xNeed: <P0> <P1> " + kNeed},
           {"masked_prompting", "before", "xNeed: <P0> <P1> " + kNeed + " <extra_id_0>"},
           {"mapping", "after", "xNeed: PersonX goes to the mall <P0> <P1>"},
           {"masked_mapping", "after", "xNeed: PersonX goes to the mall <P0> <P1> <extra_id_0>"},
           {"masked_prompting", "after", "xNeed: " + kNeed + " <P0> <P1> <extra_id_0>"},
           {"post_pt", "before", "xNeed: PersonX goes to the mall <P0> <P1>"}}) {  // its own place
    const BoundTemplate form =
        with_soft_tokens(make_template(expected.form), {2, expected.placement});
    EXPECT_EQ(rendered(form, x_need(), kHead, kTail).source_text(false), expected.source)
        << expected.form;
    EXPECT_EQ(rendered(form, x_need(), kHead, kTail).source_text().find("<xNeed.P0>") ==
                  std::string::npos,
              false);
  }
  EXPECT_THROW(with_soft_tokens(make_template("mapping"), {2, "middle"}), ConfigError);
}

TEST(Templates, WithPromptPartsNeedSoftTokens) {
  EXPECT_TRUE(needs_soft_tokens(make_template("post_pt")));
  EXPECT_FALSE(needs_soft_tokens(make_template("prompting")));
  try {
    with_soft_tokens(make_template("post_pt"), {.length = 0});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("needs a tuning that trains them"));
  }
}

// The phrases of the newest harness, H where the head goes (the dossier's table of relation
// phrases).
TEST(Templates, SayEveryRelationAsPublished) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"xAttr", "H So, PersonX is seen as"},
      {"AtLocation", "you are likely to find H in"},
      {"xIntent", "H they intend"},
      {"ObjectUse", "H is used for"},
      {"xNeed", "But before H, PersonX needed"},
      {"CapableOf", "H can"},
      {"xWant", "After H, PersonX would want"},
      {"HasProperty", "H is"},
      {"oWant", "as a result of H, others would want"},
      {"isFilledBy", "H can be filled by"},
      {"xEffect", "As a result of H, PersonX will"},
      {"MadeUpOf", "H is made up of"},
      {"oEffect", "as a result of H, others will"},
      {"Desires", "H wants"},
      {"NotDesires", "H does not want"},
      {"xReact", "H then, PersonX feels"},
      {"Causes", "Sometimes H causes"},
      {"oReact", "H then, PersonY feels"},
      {"HasSubEvent", "Something you might do while H is"},
      {"xReason", "H The reason for PersonX doing this is"},
      {"isAfter", "Something that happens after H is"},
      {"isBefore", "Something that happens before H is"},
      {"HinderedBy", "H is hindered by"}};
  EXPECT_EQ(expected.size(), 23u);
  for (const auto& [relation, text] : expected) {
    EXPECT_EQ(source_of("masked_prompting", task_of(relation), "H"),
              relation + ": " + text + " <extra_id_0>");
  }
}

// The earlier harness (mt5-comet); the features are of its published table.
TEST(Templates, PrintTheEarlierFamilies) {
  struct Case {
    std::string form, source, target;
  };
  for (const Case& expected : std::vector<Case>{
           {"relation_first", "<xNeed> H", "T"},
           {"masked_relation_last", "H <xNeed> <extra_id_0>", "<extra_id_0> T"},
           {"features", "H <event> <agent> <before> <cause> <need>", "T"},
           {"masked_features", "H <event> <agent> <before> <cause> <need> <extra_id_0>",
            "<extra_id_0> T"},
           {"feature_glosses", "H before, because the person needs", "T"},
           {"masked_feature_glosses", "H before, because the person needs <extra_id_0>",
            "<extra_id_0> T"},
           {"relation_filling", "H <extra_id_0> T", "<extra_id_0> But before H, PersonX needed"}}) {
    const Rendered found = rendered(make_template(expected.form), x_need(), "H", "T");
    EXPECT_EQ(found.source_text(), expected.source) << expected.form;
    EXPECT_EQ(found.target, expected.target) << expected.form;
  }
  EXPECT_EQ(source_of("relation_first", task_of("AtLocation"), "bread"), "<loc> bread");
  EXPECT_EQ(source_of("features", task_of("xAttr"), "H"), "H <state> <agent> <static>");
}

TEST(Templates, TakeParameters) {
  const auto print = [](const std::string& name, const nlohmann::json& parameters) {
    return rendered(make_template(name, parameters), x_need(), kHead, kTail);
  };
  EXPECT_EQ(print("masked_mapping", {{"closing_sentinel", true}}).target,
            "<extra_id_0> to drive there <extra_id_1>");
  EXPECT_EQ(print("mapping", {{"closing_sentinel", true}}).target, "to drive there");
  EXPECT_EQ(print("masked_mapping", {{"full_stop", true}}).source_text(),
            "xNeed: PersonX goes to the mall. <extra_id_0>");
  // a phrase that takes the head drops "{source}." altogether
  EXPECT_EQ(print("prompting", {{"full_stop", true}}).source_text(), "xNeed: " + kNeed);
  EXPECT_EQ(
      print("prompting", {{"full_stop", true}, {"verbalizer", "atomic2020_short"}}).source_text(),
      "xNeed: PersonX goes to the mall. before that PersonX requires");
  EXPECT_EQ(print("prompting", {{"verbalizer", "atomic2020_maskability"}}).source_text(),
            "xNeed: PersonX goes to the mall before that they need");
  EXPECT_EQ(print("mapping", {{"add_prefix", false}}).source_text(), kHead);
  for (const nlohmann::json& wrong : std::vector<nlohmann::json>{{{"closing_sentinels", true}},
                                                                 {{"closing_sentinel", 1}},
                                                                 {{"question_position", "middle"}},
                                                                 {{"num_prompts", 0}},
                                                                 {{"verbalizer", "atomic2002"}},
                                                                 {{"omit", {1}}}}) {
    EXPECT_THROW(make_template("mapping", wrong), ConfigError) << wrong;
    EXPECT_THROW(find_template("mapping").check(wrong), ConfigError) << wrong;
  }
}

TEST(Templates, PutAPhraseWithoutAPlaceAfterTheHead) {
  TaskData task = x_need();
  task.phrase = load_verbalizer("atomic2020_short").phrase("xNeed");

  EXPECT_EQ(source_of("prompting", task, kHead),
            "xNeed: PersonX goes to the mall before that PersonX requires");
  EXPECT_EQ(source_of("sup-nat_prefix", task, "H"), "xNeed: before that PersonX requires H");
  EXPECT_EQ(rendered(make_template("sup-nat_target"), task, "H", "T").target,
            "before that PersonX requires T");
}

TEST(Templates, CollapseWhitespaceAndOmitAnEmptyPrefix) {
  TaskData task = x_need();
  task.prefix = "";
  task.phrase = "  before {source} ,  they\tneed ";

  const Rendered found =
      rendered(make_template("masked_prompting"), task, " go  there\n", " a  b ");

  EXPECT_EQ(found.source_text(), "before go there , they need <extra_id_0>");
  EXPECT_EQ(found.target, "<extra_id_0> a b");
}

TEST(Templates, TakeBracesInAHeadAsText) {
  EXPECT_EQ(source_of("prompting", x_need(), "a {source} b"),
            "xNeed: But before a {source} b, PersonX needed");
}

TEST(Templates, ReadTheRelationFromTheHeadInATaskOfSeveral) {
  TaskData task = x_need();
  task.relation = "";
  task.relations = {{"xNeed", {"xNeed", "But before {source}, PersonX needed"}},
                    {"xWant", {"xWant", "After {source}, PersonX would want"}}};

  EXPECT_EQ(source_of("mapping", task, "xWant: " + kHead), "xWant: PersonX goes to the mall");
  EXPECT_EQ(source_of("prompting", task, "xWant: " + kHead),
            "xWant: After PersonX goes to the mall, PersonX would want");
}

TEST(Templates, AreFoundByNameAndByParts) {
  const auto message = [](const std::string& name) -> std::string {
    try {
      find_template(name);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "found";
  };
  EXPECT_THAT(message("masked_maping"), HasSubstr("did you mean \"masked_mapping\""));
  EXPECT_THAT(message("0-ptr-unsup"),
              HasSubstr("unknown part \"ptr\" of a template: did you mean"));
  EXPECT_THAT(message("nat-nat"), HasSubstr("no place left for its part \"nat\""));
  EXPECT_THAT(message("unsup-unsup"), HasSubstr("no place left"));
  EXPECT_THAT(message("vnat_x-v3"), HasSubstr("the label's place"));
  EXPECT_EQ(find_template("0-ptar-unsup").paper_label, "MaskedPostPT");
  EXPECT_EQ(find_template("pnat-0-pcom-unsup").paper_label, "");
  EXPECT_EQ(find_template("sup").paper_label, "Mapping");
}

// Every part of the language, in one place of one skeleton (P is the prompt's length, 1).
TEST(TemplateParts, FillTheFirstRemainingSlot) {
  TaskData task = x_need();
  task.phrase = "they need";
  struct Case {
    std::string parts, source, target;
  };
  for (const Case& expected : std::vector<Case>{
           {"mask-mask", "xNeed: H <extra_id_0> <extra_id_1>", "<extra_id_0> <extra_id_1> T"},
           {"px0-px-sup", "H xNeed:", "T"},
           {"px-sup", "xNeed: H", "T"},
           {"p0-ptar-sup", "xNeed: H <P0>", "T"},
           {"0-0-ptar-unsup-nat", "xNeed: H they need <P0> <extra_id_0>", "<extra_id_0> T"},
           {"pmask-unsup", "xNeed: <P0> <extra_id_0> H <extra_id_1>", "<extra_id_0> T"},
           {"pnat-sup", "xNeed: <they> <need> H", "T"},
           {"pn-sup", "xNeed: <p0.0> H", "T"},
           {"pnt-sup", "xNeed: <N0> H", "T"},
           {"psht-sup", "xNeed: <S0> <S1> <S2> <S3> H", "T"},  // event before person need
           {"pcom-psht-sup", "xNeed: <com0> <S0> <S1> <S2> H", "T"},
           {"unsup-nat_target", "xNeed: H <extra_id_0>", "<extra_id_0> they need T"}}) {
    BoundTemplate form = make_template(expected.parts);
    if (needs_soft_tokens(form)) form = with_soft_tokens(form, {.length = 1});
    const Rendered found = rendered(form, task, "H", "T");
    EXPECT_EQ(found.source_text(false), expected.source) << expected.parts;
    EXPECT_EQ(found.target, expected.target) << expected.parts;
  }
}

std::vector<std::string> names_of(const std::vector<SoftToken>& tokens) {
  std::vector<std::string> names;
  for (const SoftToken& token : tokens) names.push_back(token.name());
  return names;
}

TEST(SoftTokens, AreTheTasksOwnOrShared) {
  const auto names = [](const std::string& parts) {
    return names_of(
        soft_tokens_of(with_soft_tokens(make_template(parts), {.length = 1}), x_need()));
  };
  EXPECT_THAT(names("ptar-sup"), ElementsAre("xNeed.P0"));
  EXPECT_THAT(names("pcom-sup"), ElementsAre("com0"));
  EXPECT_THAT(names("psh-sup"), ElementsAre("event.0", "before.0", "person.0", "need.0"));
  EXPECT_THAT(names("pshr-sup"),
              testing::UnorderedElementsAre("event.0", "before.0", "person.0", "need.0"));
  EXPECT_THAT(names("pnat-sup"),
              ElementsAre("xNeed.But", "xNeed.before", "xNeed.PersonX", "xNeed.needed"));
  EXPECT_TRUE(soft_tokens_of(make_template("mapping"), x_need()).empty());
}

// xNeed is event before person need, xWant event after they want: eight words, one of them shared.
TEST(SoftTokens, OfSeveralRelationsAreSharedByName) {
  TaskData task;
  task.name = "atomic2020";
  task.relations = {{"xNeed", {"xNeed", "needs"}}, {"xWant", {"xWant", "wants"}}};
  const auto names = [&](const std::string& parts) {
    return names_of(soft_tokens_of(with_soft_tokens(make_template(parts), {.length = 1}), task));
  };
  EXPECT_THAT(names("ptar-sup"), ElementsAre("xNeed.P0", "xWant.P0"));
  EXPECT_THAT(names("pnat-sup"), ElementsAre("xNeed.needs", "xWant.wants"));
  EXPECT_THAT(names("pcom-ptar-sup"), ElementsAre("com0", "xNeed.P0", "xWant.P0"));
  EXPECT_EQ(names("psh-sup").size(), 7u);
}

TEST(SoftTokens, CarryTheirWords) {
  for (const SoftToken& token :
       soft_tokens_of(with_soft_tokens(make_template("psh-ptar-sup"), {.length = 2}), x_need())) {
    EXPECT_EQ(token.word, token.owner.empty() ? token.label.substr(0, token.label.find('.')) : "")
        << token.name();
  }
}

TEST(TemplateFingerprint, FollowsWhatIsPrinted) {
  const TaskData task = x_need();
  const std::string plain = template_fingerprint("prompting", {}, task);
  EXPECT_EQ(plain, template_fingerprint("sup-nat", {}, task));
  EXPECT_NE(plain, template_fingerprint("masked_prompting", {}, task));
  BoundTemplate form = make_template("prompting", {{"verbalizer", "atomic2020_short"}});
  const std::string published = template_fingerprint(form, task);
  EXPECT_NE(plain, published);
  Verbalizer changed = *form.verbalizer;
  changed.phrases["xNeed"] += " first";
  form.verbalizer = std::make_shared<Verbalizer>(changed);
  EXPECT_NE(template_fingerprint(form, task), published);
}

TEST(Postprocess, DropsSentinelsAndWhitespace) {
  EXPECT_EQ(postprocess("<extra_id_0> to drive there"), "to drive there");
  EXPECT_EQ(postprocess("  to <extra_id_12>drive<extra_id_1> "), "to drive");
  EXPECT_EQ(postprocess("<extra_id_0>"), "");
  EXPECT_EQ(postprocess(""), "");
  EXPECT_EQ(postprocess("a < b <extra_id_> <extra_id_1"), "a < b <extra_id_> <extra_id_1");
}

}  // namespace
}  // namespace dovetail
