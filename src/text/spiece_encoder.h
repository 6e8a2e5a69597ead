// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/special_ids.h"
#include "text/text_encoder.h"

namespace dovetail {

// The ids of a SentencePiece model by SentencePiece itself.
class SpieceEncoder final : public TextEncoder {
 public:
  // Throws DataError, which names `where`, for bytes that are no SentencePiece model.
  SpieceEncoder(const std::string& model_bytes, const std::string& where);
  ~SpieceEncoder() override;

  void encode(std::string_view text, bool opens_text, bool with_controls,
              std::vector<int32_t>& ids) const override;
  std::string text_of(int32_t id) const override;

  int32_t num_pieces() const;
  std::string piece(int32_t id) const;
  SpecialIds special_ids() const;  // as the model says; -1: it has no such piece

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dovetail
