// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/vocabulary.h"
#include "tuning/prompt_adapter.h"

namespace dovetail {

// Puts the soft tokens of an adapter into sources, as vocab_size + k for row k of its table.
//
// A prompt of PEFT's stands before the whole source. One of ours stands where a text names its
// tokens ("xNeed: <xNeed.P0> PersonX goes"), as `dovetail data show` prints them; in a text that
// names none, where it was tuned.
class PromptPlacer {
 public:
  PromptPlacer(const PromptAdapter& prompt, int64_t vocab_size);

  // Whether the places depend on the text; otherwise place_in_front is what is wanted.
  bool reads_texts() const { return !names_.empty(); }

  // The ids of a source without what the tokenizer puts around them. Ids from `cut_end` on are not
  // cut if the source is too long. Throws DataError that begins with `where` for a text in which
  // the prompt has no place.
  struct PlacedIds {
    std::vector<int32_t> ids;
    int64_t cut_end = 0;
  };
  PlacedIds encode(const std::string& text, const Vocabulary& vocabulary,
                   const std::string& where) const;

  // The largest id that a source may hold, and one more.
  int64_t num_ids() const { return vocab_size_ + std::ssize(names_); }
  // Puts the tokens into ids that hold none. Throws DataError as encode does.
  void place_in_ids(std::vector<int32_t>& ids, const std::string& where) const;
  void place_in_front(std::vector<int32_t>& ids) const;

 private:
  // Where a text names a token: the token's row, and the bytes of the name.
  struct NamedToken {
    int64_t row = -1;
    size_t begin = std::string::npos, end = std::string::npos;
  };
  NamedToken next_named(const std::string& text, size_t from) const;
  std::vector<SourcePart> parts_as_named(const std::string& text) const;
  std::vector<SourcePart> parts_as_tuned(const std::string& text, const std::string& where) const;
  int32_t id_of(const std::string& name) const;

  int64_t vocab_size_, size_;
  std::vector<std::string> names_;
  std::vector<SourcePart> source_;
};

}  // namespace dovetail
