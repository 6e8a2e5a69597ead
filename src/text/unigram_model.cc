// SPDX-License-Identifier: Apache-2.0
#include "text/unigram_model.h"

#include <algorithm>

#include "text/utf8.h"

namespace dovetail {

namespace {

constexpr double kUnknownPenalty = 10;  // SentencePiece's, below the least score of all pieces

std::vector<std::string_view> as_views(const std::vector<std::string>& pieces) {
  return {pieces.begin(), pieces.end()};
}

}  // namespace

// The best segmentation of what lies before one place of a word: its score and its last piece.
struct UnigramModel::Best {
  double score = 0;
  int32_t begin = -1;  // -1: none yet
  int32_t id = -1;
};

UnigramModel::UnigramModel(const std::vector<std::string>& pieces, Settings settings)
    : settings_(std::move(settings)), trie_(as_views(pieces)) {
  if (!settings_.scores.empty()) {
    unk_score_ = *std::ranges::min_element(settings_.scores) - kUnknownPenalty;
  }
  is_control_.resize(pieces.size());
  for (const int32_t id : settings_.controls) {
    if (id < std::ssize(pieces)) is_control_[id] = true;
  }
  if (settings_.byte_fallback) byte_ids_ = ids_of_bytes(pieces);
}

// Viterbi's algorithm: pieces that begin earlier are tried first, and only a higher score replaces.
void UnigramModel::find_best(std::string_view word, bool with_controls,
                             std::vector<Best>& best) const {
  best.assign(word.size() + 1, {});
  for (size_t begin = 0; begin < word.size();) {
    const double before = best[begin].score;
    const auto offer = [&](size_t length, int32_t id, double score) {
      Best& target = best[begin + length];
      if (target.begin < 0 || before + score > target.score) {
        target = {before + score, static_cast<int32_t>(begin), id};
      }
    };
    const size_t character = first_character(word.substr(begin)).length;
    bool is_known = false;
    trie_.for_each_prefix(word.substr(begin), [&](size_t length, int32_t id) {
      if (!with_controls && is_control_[id]) return;
      offer(length, id, settings_.scores[id]);
      is_known |= length == character;
    });
    if (!is_known) offer(character, settings_.unk_id, unk_score_);
    begin += character;
  }
}

// A run of unknown characters that is a piece as a whole is that piece, as in `tokenizers`.
void UnigramModel::append_unknown(std::string_view characters, bool with_controls,
                                  std::vector<int32_t>& ids) const {
  const int32_t id = trie_.find(characters);
  if (id >= 0 && (with_controls || !is_control_[id])) return ids.push_back(id);
  const auto has_piece = [&](char byte) { return byte_ids_[static_cast<uint8_t>(byte)] >= 0; };
  if (!byte_ids_.empty() && std::ranges::all_of(characters, has_piece)) {
    for (const char byte : characters) ids.push_back(byte_ids_[static_cast<uint8_t>(byte)]);
  } else {
    ids.push_back(settings_.unk_id);
  }
}

void UnigramModel::encode(std::string_view word, bool with_controls,
                          std::vector<int32_t>& ids) const {
  thread_local std::vector<Best> best;
  thread_local std::vector<size_t> ends;
  find_best(word, with_controls, best);
  ends.clear();
  for (size_t end = word.size(); end > 0; end = best[end].begin) ends.push_back(end);
  for (size_t i = ends.size(); i-- > 0;) {
    const int32_t id = best[ends[i]].id;
    if (id != settings_.unk_id) {
      ids.push_back(id);
      continue;
    }
    const size_t begin = best[ends[i]].begin;
    while (i > 0 && best[ends[i - 1]].id == settings_.unk_id) --i;
    append_unknown(word.substr(begin, ends[i] - begin), with_controls, ids);
  }
}

}  // namespace dovetail
