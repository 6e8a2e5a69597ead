// SPDX-License-Identifier: Apache-2.0
#include "jobs/chat_encoder.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

ChatEncoder::ChatEncoder(const ChatTemplate& chat, const Vocabulary& vocabulary,
                         int64_t longest_prompt, int64_t longest_answer)
    : chat_(chat),
      vocabulary_(vocabulary),
      longest_prompt_(longest_prompt),
      longest_answer_(longest_answer) {
  const auto size = [&](const std::string& text) { return std::ssize(vocabulary.encode(text)); };
  const int64_t headers =
      size(chat.user.prefix) + size(chat.user.suffix) + size(chat.assistant.prefix);
  if (headers < longest_prompt && longest_answer >= 2) return;
  throw_<ConfigError>(
      "the headers of chat template \"{}\" take {} tokens of a source's {}, and an answer with its "
      "end 2 of a target's {}: expected room for them and for one token of the instruction; raise "
      "max_source_length or max_target_length",
      chat.name, headers, longest_prompt, longest_answer);
}

std::vector<ChatEncoder::Part> ChatEncoder::parts_of(std::span<const Turn> turns) const {
  std::vector<Part> parts;
  for (const ChatPiece& piece : chat_pieces(chat_, turns)) {
    parts.push_back({piece.turn, piece.kind,
                     piece.is_end ? std::vector<int32_t>{vocabulary_.special_ids().eos}
                                  : vocabulary_.encode(piece.text)});
  }
  return parts;
}

bool ChatEncoder::cut_prompt(std::span<const Turn> turns, std::vector<Part>& parts) const {
  const auto excess = [&] {
    int64_t size = 0;
    for (const Part& part : parts) size += std::ssize(part.ids);
    return size - longest_prompt_;
  };
  if (excess() <= 0) return false;
  const auto drop = [&](size_t first, size_t last) {
    if (excess() <= 0) return;
    std::erase_if(parts, [&](const Part& p) { return first <= p.turn && p.turn <= last; });
  };
  const size_t asked = turns.size() - 2;  // the user's last turn
  const bool has_system = turns.front().role == Role::system;
  for (size_t i = has_system; i < asked; i += 2) drop(i, i + 1);
  if (has_system) drop(0, 0);
  const auto question = std::ranges::find_if(parts, [&](const Part& part) {
    return part.turn == asked && part.kind == TokenKind::instruction;
  });
  if (question != parts.end() && excess() > 0) {
    question->ids.resize(question->ids.size() - static_cast<size_t>(excess()));
  }
  return true;
}

EncodedChat ChatEncoder::row(std::span<const Turn> turns) const {
  DOVETAIL_CHECK(turns.size() >= 2 && turns.back().role == Role::assistant);
  DOVETAIL_CHECK(turns[turns.size() - 2].role == Role::user);
  std::vector<Part> parts = parts_of(turns);
  const auto is_answer = [&](const Part& part) {
    return part.turn + 1 == turns.size() && part.kind == TokenKind::output;
  };
  const auto answer = std::ranges::find_if(parts, is_answer);
  std::vector<Part> output(answer, parts.end());
  parts.erase(answer, parts.end());

  EncodedChat chat{.row = {}, .cut_prompt = cut_prompt(turns, parts)};
  const size_t room = static_cast<size_t>(longest_answer_ - 1);
  if (output.front().ids.size() > room) {
    output.front().ids.resize(room);
    chat.cut_answer = true;
  }
  for (const Part& part : parts) chat.answer += part.ids.size();
  parts.insert(parts.end(), output.begin(), output.end());
  for (const Part& part : parts) {
    chat.row.ids.insert(chat.row.ids.end(), part.ids.begin(), part.ids.end());
    chat.row.kinds.insert(chat.row.kinds.end(), part.ids.size(), part.kind);
  }
  return chat;
}

}  // namespace dovetail
