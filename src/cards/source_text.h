// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/strict_toml.h"
#include "tables/row.h"

namespace dovetail {

// How a row's source is written: a column alone, or a text with columns in braces, such as
// "question: {question} context: {context}". Doubled braces stand for themselves.
class SourceText {
 public:
  // At the card's key. ConfigError for a brace without its partner.
  SourceText(const StrictToml& toml, const std::string& key);

  const std::vector<Column>& columns() const { return columns_; }

  // Fills the columns in; a list of texts is joined by spaces. nullopt where the row lacks a
  // column, which is then in `missing`; "" where all columns are empty.
  std::optional<std::string> of(const Row& row, std::string& missing) const;

 private:
  void read_text(const StrictToml& toml, const std::string& key, const std::string& text);

  bool in_braces_ = false;
  std::vector<std::string> texts_;  // before each column, and after the last
  std::vector<Column> columns_;
};

}  // namespace dovetail
