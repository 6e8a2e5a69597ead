// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace dovetail {

// Whether a text spells a token that T5's vocabularies keep for themselves: <extra_id_K>, </s>,
// <pad> or <unk>. Models read it as that token. In a masked template a sentinel of the data is a
// second gap of the same name.
bool spells_special_token(std::string_view text);

}  // namespace dovetail
