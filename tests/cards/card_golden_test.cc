// SPDX-License-Identifier: Apache-2.0
// What each kind of card makes of three rows, as files that a reader can read:
// tests/golden/cards/KIND.txt. tests/golden/regenerate writes them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/names.h"
#include "base/text.h"
#include "cards/card_fixture.h"
#include "examples/chat_template.h"
#include "golden/golden.h"

namespace dovetail {
namespace {

struct KindCase {
  std::string card;  // without name, train and test
  Files files;
};

std::string three_questions(const std::string& first, const std::string& second,
                            const std::string& third) {
  return first + "\n" + second + "\n" + third + "\n";
}

std::string commonsense_question(const std::string& stem, const std::string& key) {
  return "{\"question\": {\"stem\": \"" + stem +
         "\", \"choices\": [{\"label\": \"A\", \"text\": \"pantry\"}, {\"label\": \"B\", "
         "\"text\": \"road\"}]}, \"answerKey\": \"" +
         key + "\"}";
}

// By kind. The comment names the row to look at.
const std::map<std::string, KindCase>& cases() {
  static const std::map<std::string, KindCase> all = {
      // rows of one head and relation become one example
      {"kg-tsv",
       {"kind = \"kg-tsv\"\nrelation = \"*\"\nverbalizer = \"atomic2020\"\n",
        {"PersonX sings\txWant\tto be heard\nPersonX sings\txWant\tto rest\n"
         "bread\tAtLocation\tpantry\n",
         "PersonX runs\txNeed\tshoes\n"}}},
      // the third answer is none of the choices
      {"multiple-choice",
       {"kind = \"multiple-choice\"\nformat = \"commonsense_qa\"\n",
        {three_questions(commonsense_question("Where is a jar?", "A"),
                         commonsense_question("Where is a car?", "B"),
                         commonsense_question("Where is a star?", "C")),
         commonsense_question("Where is a bar?", "B") + "\n"}}},
      // the third row repeats the first
      {"classification",
       {"kind = \"classification\"\nformat = \"csv\"\ncolumns = { label = 1, text = 2 }\n"
        "labels = { 0 = \"terrible\", 1 = \"great\" }\n",
        {"1,\"A warm, funny film.\"\n0,Dull.\n1,\"A warm, funny film.\"\n", "0,Too long.\n"}}},
      // rows of one meaning become one example
      {"generation",
       {"kind = \"generation\"\nformat = \"e2e\"\n",
        {"mr,ref\n\"name[Aromi], food[Thai]\",Aromi serves Thai food.\n"
         "\"name[Aromi], food[Thai]\",\"Thai food, at Aromi.\"\nname[Bibi],Bibi is a place.\n",
         "mr,ref\nname[Cotto],Cotto is a place.\n"}}},
      // the second row repeats the first; d is 2 where a file does not say it
      {"stepgame",
       {"kind = \"stepgame\"\n",
        {"{\"story\": [\"B is above A.\", \"C lies west of B.\"], \"question\": \"Where is C, seen "
         "from A?\", \"label\": \"upper-left\"}\n"
         "{\"story\": [\"B is above A.\", \"C lies west of B.\"], \"question\": \"Where is C, seen "
         "from A?\", \"label\": \"upper-left\"}\n"
         "{\"story\": [\"B is above A.\"], \"question\": \"Where is A, seen from B?\", \"label\": "
         "\"below\", \"k\": 1, \"d\": 1, \"noise\": \"none\"}\n",
         "1 E has D below it.\n2 Where is D, seen from E?\tbelow\t1\n"}}},
      // the second row has an empty answer
      {"instruction",
       {"kind = \"instruction\"\n",
        {"{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": "
         "\"user\", \"content\": \"Name a colour.\"}, {\"role\": \"assistant\", \"content\": "
         "\"Red.\"}]}\n"
         "{\"messages\": [{\"role\": \"user\", \"content\": \"Name a fruit.\"}, {\"role\": "
         "\"assistant\", \"content\": \"\"}]}\n",
         "{\"messages\": [{\"role\": \"user\", \"content\": \"Count to three.\"}, {\"role\": "
         "\"assistant\", \"content\": \"One, two,\\nthree.\"}]}\n"}}},
      // the second row has an empty passage, and nothing reads the numbers
      {"table",
       {"kind = \"table\"\nformat = \"csv\"\nkeys = { source = \"question: {q} context: {p}\", "
        "target = \"a\" }\n",
        {"q,p,a,n\nWhere is Paris?,\"Paris, in France.\",France,1\nWhere is Oslo?,,Norway,2\n"
         "Where?\n",
         "q,p,a,n\nWhere is Bern?,Bern is here.,here,3\n"}}},
      // the third row is no JSON
      {"jsonl",
       {"kind = \"jsonl\"\nanswer_is = \"letter\"\nkeys = { source = \"q\", choices = \"options\", "
        "answer = \"right\", fields = { context = \"about\" } }\n",
        {"{\"q\": \"Which is alive?\", \"options\": [\"cat\", \"stone\"], \"right\": \"A\", "
         "\"about\": \"Life.\"}\n"
         "{\"q\": \"Which is a tool?\", \"options\": [\"rain\", \"saw\"], \"right\": \"B\", "
         "\"about\": \"\"}\nWhich is red?\n",
         "{\"q\": \"Which is cold?\", \"options\": [\"ice\", \"fire\"], \"right\": \"A\", "
         "\"about\": \"Heat.\"}\n"}}}};
  return all;
}

std::string indented(const std::string& text) {
  std::string shown;
  for_each_line(text, [&](int64_t, std::string_view line) {
    shown += "  " + join(split(line, '\t'), "\\t") + "\n";
  });
  return shown;
}

std::string shown(const TaskData& data, const Example& example) {
  std::string text = "  source:    " + example.source + "\n";
  for (const auto& [name, field] : example.fields) text += "  " + name + ":   " + field + "\n";
  const std::vector<std::string>& choices = choices_of(data, example);
  if (!choices.empty()) text += "  choices:   " + join(choices, " | ") + "\n";
  for (size_t i = 0; i < example.strata.size(); ++i)
    text += fmt::format("  stratum:   {} = {}\n", data.strata[i], example.strata[i]);
  for (const Turn& turn : example.turns)
    text += fmt::format("  {:<10} {}\n", std::string(name_of(turn.role)) + ":",
                        nlohmann::json(turn.text).dump());
  if (example.answer >= 0) text += fmt::format("  answer:    choice {}\n", example.answer);
  return text + "  reference: " + join(example.references, " | ") + "\n";
}

std::string shown(const FileReport& report) {
  std::string text = fmt::format("{}: {} rows, {} kept, {} duplicates, {} bad", report.split,
                                 report.rows, report.kept, report.duplicates, report.bad_rows());
  for (const auto& [name, count] : report.bad) text += fmt::format(" ({} {})", count, name);
  return text + "\n";
}

std::string shown(const KindCase& given) {
  const ScratchFolder scratch;
  const LoadedCard loaded = load(scratch, given.card, given.files);
  std::string text = "card\n" + indented(given.card) + "\ntrain rows\n" +
                     indented(given.files.train) + "\ntest rows\n" + indented(given.files.test);
  for (const auto& [name, words] : loaded.data.relations) {
    text += fmt::format("\nrelation {}: {}", name, words.phrase);
  }
  if (!loaded.data.relations.empty()) text += "\n";
  for (const auto& [split, examples] :
       {std::pair("train", &loaded.data.train), std::pair("test", &loaded.data.test)}) {
    for (const Example& example : *examples) {
      text += fmt::format("\n{} example\n{}", split, shown(loaded.data, example));
    }
  }
  text += "\nreport\n";
  for (const FileReport& file : loaded.report.files) text += "  " + shown(file);
  for (const std::string& problem : loaded.report.problems) {
    text += "  " + problem.substr(scratch.path().string().size() + 1) + "\n";
  }
  for (const std::string& note : loaded.data.notes) text += "  " + note + "\n";
  return text;
}

TEST(CardGoldens, ShowWhatEachKindMakesOfThreeRows) {
  for (const CardKind& kind : card_kinds()) {
    ASSERT_TRUE(cases().contains(kind.name)) << kind.name << " has no case here: add one";
    expect_golden("cards/" + kind.name + ".txt", shown(cases().at(kind.name)));
  }
}

TEST(CardGoldens, HaveAFileForEachKindAndNoOther) {
  std::set<std::string> kinds, files;
  for (const CardKind& kind : card_kinds()) kinds.insert(kind.name + ".txt");
  const auto folder = std::filesystem::path(DOVETAIL_SOURCE_DIR) / "tests/golden/cards";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    files.insert(file.path().filename());
  }
  EXPECT_EQ(files, kinds);
}

}  // namespace
}  // namespace dovetail
