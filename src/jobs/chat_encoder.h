// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "examples/chat_template.h"
#include "examples/turns.h"
#include "text/vocabulary.h"

namespace dovetail {

// A conversation as ids. The tokens from `answer` on are the last turn's output and its end; those
// before are the prompt, which is what a model reads before it answers.
struct EncodedChat {
  ChatRow row;
  size_t answer = 0;  // position of the last answer's first token
  bool cut_prompt = false, cut_answer = false;
};

// Encodes conversations piece by piece while it joins them, so that each token has one kind: no
// token spans a header and a content, and nothing is searched for in ids. What the tokenizer puts
// around a text (framing.h) is not in the row, but for the end of each answer.
//
// The prompt has at most `longest_prompt` ids, the last answer with its end `longest_answer`. What
// is too long loses, in this order: the oldest exchanges (a user's turn and its answer, whole); the
// system's turn, whole; the end of the user's last turn. An answer loses its last tokens before its
// end, and at least one token stays. Headers are never cut.
class ChatEncoder {
 public:
  // Chat template and vocabulary must outlive the encoder. ConfigError where the headers and one
  // token of an instruction, or one token of an answer and its end, do not fit.
  ChatEncoder(const ChatTemplate& chat, const Vocabulary& vocabulary, int64_t longest_prompt,
              int64_t longest_answer);

  // The last turn must be the assistant's, and a user's precede it.
  EncodedChat row(std::span<const Turn> turns) const;

 private:
  struct Part {
    size_t turn = 0;
    TokenKind kind = TokenKind::chat_template;
    std::vector<int32_t> ids;
  };
  std::vector<Part> parts_of(std::span<const Turn> turns) const;
  // Returns whether it cut anything.
  bool cut_prompt(std::span<const Turn> turns, std::vector<Part>& parts) const;

  const ChatTemplate& chat_;
  const Vocabulary& vocabulary_;
  int64_t longest_prompt_, longest_answer_;
};

}  // namespace dovetail
