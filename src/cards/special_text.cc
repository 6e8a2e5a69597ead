// SPDX-License-Identifier: Apache-2.0
#include "cards/special_text.h"

namespace dovetail {

bool spells_special_token(std::string_view text) {
  constexpr std::string_view kSentinel = "<extra_id_";
  for (size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    std::string_view rest = text.substr(at);
    if (rest.starts_with("</s>") || rest.starts_with("<pad>") || rest.starts_with("<unk>")) {
      return true;
    }
    if (!rest.starts_with(kSentinel)) continue;
    rest.remove_prefix(kSentinel.size());
    const size_t end = rest.find_first_not_of("0123456789");
    if (end != rest.npos && end > 0 && rest[end] == '>') return true;
  }
  return false;
}

}  // namespace dovetail
