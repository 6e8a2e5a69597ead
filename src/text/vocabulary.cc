// SPDX-License-Identifier: Apache-2.0
#include "text/vocabulary.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "base/error.h"
#include "base/file.h"
#include "text/utf8.h"
#include "text/vocabulary_parts.h"

namespace dovetail {

namespace fs = std::filesystem;

struct Vocabulary::State {
  explicit State(VocabularyParts made)
      : parts(std::move(made)), added(parts.added, parts.normalize) {
    for (size_t index = 0; index < parts.sentinels.size(); ++index) {
      sentinel_indices[parts.sentinels[index]] = static_cast<int>(index);
    }
    for (const AddedToken& token : parts.added) added_ids.push_back(token.id);
    std::ranges::sort(added_ids);
  }

  bool is_added(int32_t id) const { return std::ranges::binary_search(added_ids, id); }
  bool is_silent(int32_t id) const {
    const auto stands_in = [id](const std::vector<int32_t>& ids) {
      return std::ranges::find(ids, id) != ids.end();
    };
    return id == parts.special.pad || id == parts.special.eos || id == parts.special.bos ||
           stands_in(parts.frame.before) || stands_in(parts.frame.after);
  }

  VocabularyParts parts;
  AddedTokens added;
  std::vector<int32_t> added_ids;
  std::unordered_map<int32_t, int> sentinel_indices;
};

Vocabulary::Vocabulary(std::unique_ptr<State> state) : state_(std::move(state)) {}
Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;
Vocabulary::~Vocabulary() = default;

Vocabulary Vocabulary::from_file(const fs::path& model, int num_sentinels,
                                 const std::vector<std::string>& add_tokens) {
  return Vocabulary(std::make_unique<State>(parts_of_spiece(model, num_sentinels, add_tokens)));
}

Vocabulary Vocabulary::bytes(int num_sentinels, const std::vector<std::string>& add_tokens) {
  return Vocabulary(std::make_unique<State>(parts_of_bytes(num_sentinels, add_tokens)));
}

Vocabulary Vocabulary::from_folder(const fs::path& folder,
                                   const std::vector<std::string>& add_tokens) {
  return Vocabulary(std::make_unique<State>(parts_of_folder(folder, add_tokens)));
}

std::vector<int32_t> Vocabulary::encode_parts(std::string_view text, bool with_controls) const {
  std::vector<int32_t> ids;
  for (const TextPart& part : state_->added.cut(text, with_controls)) {
    if (part.id >= 0) {
      ids.push_back(part.id);
    } else {
      state_->parts.encoder->encode(part.text, part.opens_text, with_controls, ids);
    }
  }
  return ids;
}

std::vector<int32_t> Vocabulary::encode(std::string_view text) const {
  return encode_parts(text, false);
}

std::vector<int32_t> Vocabulary::encode_with_sentinels(std::string_view text) const {
  return encode_parts(text, true);
}

std::vector<int32_t> Vocabulary::frame(std::vector<int32_t> ids) const {
  const TextFrame& frame = state_->parts.frame;
  ids.insert(ids.begin(), frame.before.begin(), frame.before.end());
  ids.insert(ids.end(), frame.after.begin(), frame.after.end());
  return ids;
}

std::string Vocabulary::decode(std::span<const int32_t> ids) const {
  std::string text;
  bool is_first = true;
  for (const int32_t id : ids) {
    if (id < 0 || id >= size() || state_->is_silent(id)) continue;
    if (state_->is_added(id) || is_sentinel(id)) {
      text += piece(id);
    } else {
      const std::string shown = state_->parts.encoder->text_of(id);
      // the tokenizer put the space before the first word, not the text
      const bool drops_space = is_first && state_->parts.encoder->adds_space();
      text +=
          drops_space ? shown.substr(std::min(shown.find_first_not_of(' '), shown.size())) : shown;
    }
    is_first = false;
  }
  std::string valid;
  repair_utf8(text, "", valid);
  return valid;
}

std::string Vocabulary::piece(int32_t id) const {
  if (id < 0 || id >= size()) return fmt::format("<no piece {}>", id);
  return state_->parts.pieces[id];
}

int32_t Vocabulary::size() const { return static_cast<int32_t>(state_->parts.pieces.size()); }
int32_t Vocabulary::num_sentinels() const {
  return static_cast<int32_t>(state_->parts.sentinels.size());
}
const SpecialIds& Vocabulary::special_ids() const { return state_->parts.special; }
const std::string& Vocabulary::content_hash() const { return state_->parts.content_hash; }
bool Vocabulary::is_bytes() const { return state_->parts.is_bytes; }

int32_t Vocabulary::sentinel(int index) const {
  if (index < 0 || index >= num_sentinels()) {
    throw std::out_of_range(fmt::format(
        "there is no <extra_id_{}>: the vocabulary has {} sentinels", index, num_sentinels()));
  }
  return state_->parts.sentinels[index];
}

int Vocabulary::sentinel_index(int32_t id) const {
  const auto found = state_->sentinel_indices.find(id);
  return found == state_->sentinel_indices.end() ? -1 : found->second;
}

void Vocabulary::save(const fs::path& folder) const {
  fs::create_directories(folder);
  for (const auto& [name, bytes] : state_->parts.files) write_file_atomically(folder / name, bytes);
}

}  // namespace dovetail
