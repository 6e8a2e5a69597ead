// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stepgame/statement.h"
#include "stepgame/story_templates.h"

namespace dovetail {

// Reads sentences: what a template wrote, by looking it up; any other sentence literally
// (literal_reader.h).
class SentenceReader {
 public:
  explicit SentenceReader(const std::vector<SentenceTemplate>& templates);

  // What it says; nothing for a sentence that relates its one agent to nothing. DataError without
  // place for a sentence that neither way can read.
  std::vector<Statement> read(std::string_view sentence) const;

  size_t num_texts() const { return known_.size(); }

 private:
  struct Numbered {
    size_t agent, from;  // in the order of first mention
    Offset offset;
  };
  std::unordered_map<std::string, std::vector<Numbered>> known_;  // by text without names
};

}  // namespace dovetail
