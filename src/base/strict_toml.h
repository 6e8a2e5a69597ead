// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dovetail {

// A TOML file of which every key is known: ConfigErrors begin FILE:LINE:COLUMN. Dotted names reach
// into tables: "columns.head".
class StrictToml {
 public:
  // Keys that end in ".*" take any name below. ConfigError for a file that is missing or no TOML,
  // and for an unknown key, with the nearest known one.
  StrictToml(const std::filesystem::path& file, const std::vector<std::string>& known_keys);
  ~StrictToml();

  bool has(const std::string& key) const;
  std::string text(const std::string& key) const;  // required
  std::string text(const std::string& key, const std::string& otherwise) const;
  bool flag(const std::string& key, bool otherwise) const;
  std::optional<double> number(const std::string& key) const;
  std::vector<std::string> texts(const std::string& key) const;          // empty when absent
  std::vector<std::string> text_or_texts(const std::string& key) const;  // empty when absent
  std::variant<int64_t, std::string> number_or_text(const std::string& key,
                                                    int64_t otherwise) const;
  // The required "version" of a data file: a whole number from 1 on.
  int64_t version() const;
  std::map<std::string, std::string> text_table(const std::string& key) const;

  // A ConfigError at the key's place (the file's beginning when it is absent).
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

  const std::filesystem::path& file() const { return file_; }

 private:
  struct Document;
  std::filesystem::path file_;
  std::unique_ptr<Document> document_;
};

}  // namespace dovetail
