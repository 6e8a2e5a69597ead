// SPDX-License-Identifier: Apache-2.0
#include "cards/source_text.h"

#include <algorithm>

#include "base/names.h"

namespace dovetail {

SourceText::SourceText(const StrictToml& toml, const std::string& key) {
  const Column given = toml.number_or_text(key, 1);
  const std::string* text = std::get_if<std::string>(&given);
  if (text && text->find_first_of("{}") != std::string::npos) {
    read_text(toml, key, *text);
  } else {
    columns_ = {given};
    texts_ = {"", ""};
  }
}

void SourceText::read_text(const StrictToml& toml, const std::string& key,
                           const std::string& text) {
  in_braces_ = true;
  texts_ = {""};
  for (size_t i = 0; i < text.size(); ++i) {
    const bool brace = text[i] == '{' || text[i] == '}';
    if (brace && i + 1 < text.size() && text[i + 1] == text[i]) {
      texts_.back() += text[i++];
    } else if (text[i] == '{') {
      const size_t end = text.find('}', i);
      if (end == std::string::npos || end == i + 1) {
        toml.fail(key, "expected a column's name between { and }, as in \"question: {question}\"");
      }
      columns_.emplace_back(text.substr(i + 1, end - i - 1));
      texts_.emplace_back();
      i = end;
    } else if (text[i] == '}') {
      toml.fail(key, "found a } without its {; write }} for the brace itself");
    } else {
      texts_.back() += text[i];
    }
  }
  if (columns_.empty()) toml.fail(key, "expected a column in braces, as in \"text: {text}\"");
}

std::optional<std::string> SourceText::of(const Row& row, std::string& missing) const {
  std::string text;
  bool any = false;
  for (size_t i = 0; i < columns_.size(); ++i) {
    std::optional<std::string> part = row.text(columns_[i]);
    if (!part && in_braces_) {
      if (const auto list = row.texts(columns_[i])) part = join(*list, " ");
    }
    if (!part) {
      missing = to_string(columns_[i]);
      return std::nullopt;
    }
    any = any || !trim(*part).empty();
    text += texts_[i] + *part;
  }
  return any ? text + texts_.back() : "";
}

}  // namespace dovetail
