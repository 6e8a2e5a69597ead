// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/special_ids.h"
#include "text/spiece_model.h"

namespace dovetail {

// The file tokenizer.json of the Hugging Face `tokenizers` library: the model's pieces with the
// added tokens on top, as `T5Tokenizer.save_pretrained` of transformers 5.23 writes it. With this
// file a folder loads without the sentencepiece and protobuf packages. Returns "" for a model that
// the library's T5 pipeline cannot express: BPE, byte pieces, other whitespace rules.
std::string hugging_face_json(const SpieceModel& model, const std::vector<AddedToken>& added,
                              const SpecialIds& special);

}  // namespace dovetail
