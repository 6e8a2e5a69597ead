// SPDX-License-Identifier: Apache-2.0
#include "tasks/kg_rows.h"

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "tasks/template.h"

namespace dovetail {

namespace {

std::vector<std::string_view> cut(std::string_view line, std::string_view delimiter) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t end = line.find(delimiter);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + delimiter.size());
  }
}

class Reader {
 public:
  Reader(const KgTsvCard& card, const std::filesystem::path& file, DataReport& report)
      : card_(card), name_(file.string()), report_(report) {
    counts_.file = file.filename().string();
  }

  GroupedFile read(std::string_view bytes) {
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);  // a byte order mark
    if (!card_.header) find_columns({});
    while (!bytes.empty()) {
      const size_t end = std::min(bytes.find('\n'), bytes.size());
      std::string_view line = bytes.substr(0, end);
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++counts_.lines;
      if (card_.header && counts_.lines == 1) {
        find_columns(cut(line, card_.delimiter));
      } else {
        read_line(line);
      }
    }
    if (counts_.lines == 0) throw_<DataError>("{}:1: the file is empty", name_);
    report_.files.push_back(counts_);
    return std::move(grouped_);
  }

 private:
  void find_columns(const std::vector<std::string_view>& header) {
    head_ = position(card_.head, header);
    tail_ = position(card_.tail, header);
    if (!card_.relation.empty()) relation_ = position(card_.relation_column, header);
    width_ = 1 + std::max({head_, tail_, card_.relation.empty() ? 0 : relation_});
  }

  size_t position(const KgTsvCard::Column& column, const std::vector<std::string_view>& header) {
    if (const int64_t* number = std::get_if<int64_t>(&column)) return *number - 1;
    const std::string& wanted = std::get<std::string>(column);
    std::vector<std::string> known;
    for (const std::string_view name : header) known.push_back(collapse_blanks(name));
    const auto found = std::find(known.begin(), known.end(), wanted);
    if (found == known.end()) {
      throw_<DataError>("{}:1: the header has no column \"{}\": {}", name_, wanted,
                        did_you_mean(wanted, known));
    }
    return found - known.begin();
  }

  void bad_row(int64_t& counter, const std::string& what) {
    ++counter;
    if (report_.problems.size() < kMaxProblems) {
      report_.problems.push_back(fmt::format("{}:{}: {}", name_, counts_.lines, what));
    }
  }

  void read_line(std::string_view line) {
    if (line.size() > kMaxRowBytes) {
      return bad_row(counts_.too_long,
                     fmt::format("the line has {} bytes, more than {}", line.size(), kMaxRowBytes));
    }
    if (trim(line).empty()) {
      ++counts_.blank_lines;
      return;
    }
    const std::vector<std::string_view> fields = cut(line, card_.delimiter);
    if (fields.size() < width_) {
      throw_<DataError>(
          "{}:{}: expected at least {} columns, found {}: mend the row, or the delimiter and "
          "columns in {}",
          name_, counts_.lines, width_, fields.size(), card_.file.string());
    }
    if (!is_valid_utf8(line)) return bad_row(counts_.invalid_utf8, "this is not UTF-8");
    add(fields);
  }

  void add(const std::vector<std::string_view>& fields) {
    std::string head = collapse_blanks(fields[head_]), tail = collapse_blanks(fields[tail_]);
    const std::string relation = card_.relation.empty() ? "" : collapse_blanks(fields[relation_]);
    if (card_.relation != "*" && relation != card_.relation) {
      ++counts_.other_relations;
      return;
    }
    if (head.empty()) return bad_row(counts_.empty_heads, "the head is empty");
    if (tail.empty()) return bad_row(counts_.empty_tails, "the tail is empty");
    const auto& dropped = card_.drop_tails;
    if (std::find(dropped.begin(), dropped.end(), tail) != dropped.end()) {
      ++counts_.dropped_tails;
      return;
    }
    if (card_.relation == "*") head = with_relation(relation, head);
    group(std::move(head), std::move(tail));
  }

  std::string with_relation(const std::string& relation, const std::string& head) {
    if (relation.empty() || relation.find(kRelationEnd) != std::string::npos) {
      throw_<DataError>("{}:{}: \"{}\" cannot be a relation's name: check columns in {}", name_,
                        counts_.lines, relation, card_.file.string());
    }
    return fmt::format("{}{}{}", relation, kRelationEnd, head);
  }

  void group(std::string head, std::string tail) {
    if (!seen_.insert(head + '\0' + tail).second) {
      ++counts_.duplicates;
      return;
    }
    const auto [found, is_new] = grouped_.index.try_emplace(head, grouped_.examples.size());
    if (is_new) {
      grouped_.examples.push_back({.source = std::move(head), .references = {}});
      grouped_.lines.push_back(counts_.lines);
    }
    grouped_.examples[found->second].references.push_back(std::move(tail));
    ++counts_.triples;
  }

  const KgTsvCard& card_;
  const std::string name_;
  DataReport& report_;
  FileReport counts_;
  GroupedFile grouped_;
  std::unordered_set<std::string> seen_;
  size_t head_ = 0, relation_ = 0, tail_ = 0, width_ = 0;
};

}  // namespace

std::string_view bare_head(const KgTsvCard& card, const Example& example) {
  const std::string_view source = example.source;
  if (card.relation != "*") return source;
  return source.substr(source.find(kRelationEnd) + kRelationEnd.size());
}

GroupedFile read_grouped(const KgTsvCard& card, const std::filesystem::path& file,
                         DataReport& report) {
  const MappedFile mapped(file);
  return Reader(card, file, report).read(mapped.bytes());
}

bool is_valid_utf8(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    if (first == 0) return false;  // NUL is legal UTF-8, but no text
    const int length = first < 0x80   ? 1
                       : first < 0xc2 ? 0
                       : first < 0xe0 ? 2
                       : first < 0xf0 ? 3
                       : first < 0xf5 ? 4
                                      : 0;
    if (length == 0 || i + length > bytes.size()) return false;
    uint32_t code = length == 1 ? first : first & (0x7f >> length);
    for (int j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(bytes[i + j]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3f);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return false;
    i += length;
  }
  return true;
}

}  // namespace dovetail
