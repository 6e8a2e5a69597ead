// SPDX-License-Identifier: Apache-2.0
#include "text/byte_pair_model.h"

#include <algorithm>
#include <queue>

#include "base/error.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

uint64_t pair_key(int32_t left, int32_t right) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
}

}  // namespace

// A piece of the word so far; one that was merged into its left neighbour has the id -1.
struct BytePairModel::Symbol {
  int32_t id = -1;
  int32_t previous = -1, next = -1;
};

struct BytePairModel::Candidate {
  int32_t rank = 0, at = 0, id = 0;
  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : at > other.at;
  }
};

class BytePairModel::Word {
 public:
  Word(const BytePairModel& model, const std::vector<int32_t>& ids) : model_(model) {
    const auto size = static_cast<int32_t>(ids.size());
    for (int32_t i = 0; i < size; ++i) {
      symbols_.push_back({ids[i], i - 1, i + 1 < size ? i + 1 : -1});
    }
    for (int32_t i = 0; i + 1 < size; ++i) offer(i);
  }

  void merge_all() {
    while (!queue_.empty()) {
      const Candidate top = queue_.top();
      queue_.pop();
      Symbol& left = symbols_[top.at];
      if (left.id < 0 || left.next < 0) continue;
      const Merge* merge = model_.find_merge(left.id, symbols_[left.next].id);
      if (merge == nullptr || merge->id != top.id) continue;  // one of the two has changed since
      Symbol& right = symbols_[left.next];
      left.id = top.id;
      right.id = -1;
      left.next = right.next;
      if (left.next >= 0) symbols_[left.next].previous = top.at;
      if (left.previous >= 0) offer(left.previous);
      offer(top.at);
    }
  }

  void append_to(std::vector<int32_t>& ids) const {
    for (const Symbol& symbol : symbols_) {
      if (symbol.id >= 0) ids.push_back(symbol.id);
    }
  }

 private:
  void offer(int32_t at) {
    const Symbol& left = symbols_[at];
    if (left.next < 0) return;
    const Merge* merge = model_.find_merge(left.id, symbols_[left.next].id);
    if (merge != nullptr) queue_.push({merge->rank, at, merge->id});
  }

  const BytePairModel& model_;
  std::vector<Symbol> symbols_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
};

BytePairModel::BytePairModel(const std::vector<std::string>& pieces, const Settings& settings,
                             const std::string& where)
    : trie_(std::vector<std::string_view>(pieces.begin(), pieces.end())),
      unk_id_(settings.unk_id),
      fuse_unk_(settings.fuse_unk),
      ignore_merges_(settings.ignore_merges) {
  const auto id_of = [&](const std::string& piece) {
    const int32_t id = trie_.find(piece);
    if (id >= 0) return id;
    throw_<DataError>("{}: a merge names the piece \"{}\", which is not in its vocabulary", where,
                      piece);
  };
  for (const auto& [left, right] : settings.merges) {
    const auto rank = static_cast<int32_t>(merges_.size());
    const uint64_t key = pair_key(id_of(left), id_of(right));
    merges_.try_emplace(key, Merge{rank, id_of(left + right)});
  }
  if (settings.byte_fallback) byte_ids_ = ids_of_bytes(pieces);
}

const BytePairModel::Merge* BytePairModel::find_merge(int32_t left, int32_t right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

std::vector<int32_t> BytePairModel::characters_of(std::string_view word) const {
  std::vector<int32_t> ids;
  bool after_unknown = false;
  while (!word.empty()) {
    const std::string_view character = word.substr(0, first_character(word).length);
    word.remove_prefix(character.size());
    const int32_t id = trie_.find(character);
    const auto has_piece = [&](char byte) { return byte_ids_[static_cast<uint8_t>(byte)] >= 0; };
    const bool falls_back =
        id < 0 && !byte_ids_.empty() && std::ranges::all_of(character, has_piece);
    if (id >= 0) {
      ids.push_back(id);
    } else if (falls_back) {
      for (const char byte : character) ids.push_back(byte_ids_[static_cast<uint8_t>(byte)]);
    } else if (unk_id_ >= 0 && !(fuse_unk_ && after_unknown)) {
      ids.push_back(unk_id_);
    }
    after_unknown = id < 0 && !falls_back;
  }
  return ids;
}

void BytePairModel::encode(std::string_view word, bool /*with_controls: no merge makes one*/,
                           std::vector<int32_t>& ids) const {
  if (ignore_merges_) {
    if (const int32_t id = trie_.find(word); id >= 0) return ids.push_back(id);
  }
  Word symbols(*this, characters_of(word));
  symbols.merge_all();
  symbols.append_to(ids);
}

}  // namespace dovetail
