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

// A data file in TOML (a card, a verbalizer, a lexicon), read strictly: an unknown key is an error.
// ConfigErrors begin with FILE:LINE:COLUMN. Dotted names reach into tables: "columns.head".
//
// Sweep files have a reader of their own, sweep/toml_table.h. It walks nodes and checks ranges and
// types against the catalogues, and so exposes toml++ types, which take seconds to compile. This
// one hides them and looks keys up by name. They would share only how a place is printed.
class StrictToml {
 public:
  // Known keys that end in ".*" allow any name below. ConfigError for a file that is missing or not
  // valid TOML, and for an unknown key, with the nearest known one.
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
  // One whole number or text, or a list of them; empty when absent.
  std::vector<std::variant<int64_t, std::string>> numbers_or_texts(const std::string& key) const;
  bool is_text(const std::string& key) const;
  // The required key "version": a whole number from 1 on.
  int64_t version() const;
  std::map<std::string, std::string> text_table(const std::string& key) const;

  // Throws a ConfigError at the key's place, or at the start of the file if the key is absent.
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

  const std::filesystem::path& file() const { return file_; }

 private:
  struct Document;
  std::filesystem::path file_;
  std::unique_ptr<Document> document_;
};

}  // namespace dovetail
