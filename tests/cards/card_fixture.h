// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "cards/card_load.h"

namespace dovetail {

// A card over train.txt and test.txt (and test lines that make a file), loaded.
struct Files {
  std::string train, test;
  std::string train_answers = "", test_answers = "";
};

inline LoadedCard load(const ScratchFolder& scratch, const std::string& card, const Files& files) {
  scratch.write("train.txt", files.train);
  scratch.write("test.txt", files.test);
  std::string text = "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\n" + card;
  // by default a tenth of the rows may be bad, which is less than one of a few
  if (card.find("bad_rows") == std::string::npos) text = "bad_rows = \"skip\"\n" + text;
  if (!files.train_answers.empty()) {
    scratch.write("train.lst", files.train_answers);
    scratch.write("test.lst", files.test_answers);
    text = "train_answers = \"train.lst\"\ntest_answers = \"test.lst\"\n" + text;
  }
  return load_card(read_card(scratch.write("card.toml", text)));
}

inline std::string questions(const std::string& format) {
  return "kind = \"multiple-choice\"\nformat = \"" + format + "\"\n";
}

inline std::string ai2(const std::string& stem, const std::string& key,
                       const std::string& more = "") {
  return "{\"question\": {\"stem\": \"" + stem +
         "\", \"choices\": [{\"label\": \"A\", \"text\": \"bank\"}, {\"label\": \"B\", \"text\": "
         "\"desk \"}, {\"label\": \"C\", \"text\": \"door\"}]}, \"answerKey\": \"" +
         key + "\"" + more + "}\n";
}

inline void expect_error(const std::string& card, const Files& files, const std::string& part) {
  const ScratchFolder scratch;
  try {
    load(scratch, card, files);
    ADD_FAILURE() << "accepted, where the message should have \"" << part << "\"";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

inline const std::string kSentiment =
    "kind = \"classification\"\nformat = \"csv\"\ncolumns = { text = 2, label = 1 }\n"
    "labels = { 0 = \"terrible\", 1 = \"great\" }\n";

}  // namespace dovetail
