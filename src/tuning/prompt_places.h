// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

// Where soft tokens stand in a source.
namespace dovetail {

// A stretch of the source between soft tokens: the tokens themselves; a text that is the same in
// every source of the task, such as its prefix "xNeed:"; or, with neither, the text that differs.
struct SourcePart {
  std::vector<std::string> tokens = {};
  std::string text = "";
  std::vector<int32_t> ids = {};  // of the text

  bool is_input() const { return tokens.empty() && text.empty(); }
};

// Whether the tokens stand together in front of the input, each once and in that order, behind one
// text at most. PEFT can say this alone: with the text's embeddings in front of the vectors.
bool stands_in_front(const std::vector<SourcePart>& source, const std::vector<std::string>& tokens);

// Without the spaces at its ends, as the texts between soft tokens are encoded.
std::string without_outer_spaces(std::string_view text);

// [{"text": "xNeed:"}, {"tokens": ["xNeed.P0"]}, {"input": true}]; null for no parts. The ids are
// not written.
nlohmann::json json_of(const std::vector<SourcePart>& source);
// Throws nlohmann::json::exception for anything else.
std::vector<SourcePart> source_parts_from(const nlohmann::json& json);

}  // namespace dovetail
