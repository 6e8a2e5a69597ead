// SPDX-License-Identifier: Apache-2.0
#include "adaptation/text_pairs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/near_path.h"

namespace dovetail {

namespace {

class PairReader {
 public:
  PairReader(const std::filesystem::path& file, const PairFormat& format)
      : name_(file.string()), format_(format) {}

  TextPair read(std::string_view bytes, int64_t line) {
    line_ = line;
    const nlohmann::json row = nlohmann::json::parse(bytes, nullptr, false);
    if (row.is_discarded()) fail("this is no valid JSON (or no UTF-8)");
    if (!row.is_object()) fail("expected an object {...} on each line");
    TextPair pair{.source = text(row, format_.source_key), .target = text(row, format_.target_key)};
    if (!format_.end_marker.empty() && pair.target.ends_with(format_.end_marker)) {
      pair.target.resize(pair.target.size() - format_.end_marker.size());
      pair.target = trim(pair.target);
    }
    if (row.contains("group")) pair.group = text(row, "group");
    if (row.contains("relation")) pair.relation = text(row, "relation");
    pair.line = row.contains("line") ? whole_number(row.at("line")) : line;
    return pair;
  }

 private:
  std::string text(const nlohmann::json& row, const std::string& key) const {
    if (!row.contains(key)) {
      std::vector<std::string> known;
      for (const auto& [name, value] : row.items()) known.push_back(name);
      fail(fmt::format("no key \"{}\": {}", key, did_you_mean(key, known)));
    }
    if (!row.at(key).is_string()) fail(fmt::format("{} must be a text", key));
    return std::string(trim(row.at(key).get<std::string>()));
  }

  int64_t whole_number(const nlohmann::json& value) const {
    if (!value.is_number_integer()) fail("line must be a whole number");
    return value.get<int64_t>();
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw_<DataError>("{}:{}: {}", name_, line_, message);
  }

  const std::string name_;
  const PairFormat& format_;
  int64_t line_ = 0;
};

}  // namespace

PairFile read_pairs(const std::filesystem::path& file, const PairFormat& format) {
  if (!std::filesystem::is_regular_file(file)) {
    throw_<ConfigError>("{}: no such file; expected JSON lines with {} and {}{}", file.string(),
                        format.source_key, format.target_key, near_path_hint(file));
  }
  const MappedFile mapped(file);
  std::string_view bytes = mapped.bytes();
  PairReader reader(file, format);
  PairFile pairs;
  for (int64_t line = 1; !bytes.empty(); ++line) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view text = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (trim(text).empty()) continue;
    TextPair pair = reader.read(text, line);
    if (pair.target.empty()) {
      ++pairs.empty_targets;
    } else {
      pairs.rows.push_back(std::move(pair));
    }
  }
  return pairs;
}

void write_pairs(const std::filesystem::path& file, std::span<const SplitSentence> sentences) {
  stream_file_atomically(file, [&](const ByteSink& sink) {
    for (const SplitSentence& sentence : sentences) {
      const nlohmann::ordered_json row = {{"source", sentence.head},
                                          {"target", sentence.tail},
                                          {"group", sentence.group},
                                          {"relation", sentence.relation},
                                          {"line", sentence.line}};
      // invalid UTF-8, which callers should have rejected, becomes U+FFFD
      sink(row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
  });
}

}  // namespace dovetail
