// SPDX-License-Identifier: Apache-2.0
#include "stepgame/published_templates.h"

#include <map>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "stepgame/literal_reader.h"

namespace dovetail {

namespace {

constexpr size_t kHeldOutEvery = 4;

// What the functions are called: object1_NAME_object2.
const std::map<std::string, Offset>& published_relations() {
  static const std::map<std::string, Offset> all = {
      {"left", {-1, 0}},       {"right", {1, 0}},   {"over", {0, 1}},        {"below", {0, -1}},
      {"lowerleft", {-1, -1}}, {"upright", {1, 1}}, {"lowerright", {1, -1}}, {"upleft", {-1, 1}}};
  return all;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// The pieces of a text about A (role 0) and B.
std::vector<SentenceTemplate::Piece> pieces_of(const std::string& text) {
  using Piece = SentenceTemplate::Piece;
  std::vector<Piece> pieces;
  for (size_t at = 0; at < text.size();) {
    const size_t found = std::min({text.find("AA", at), text.find("BB", at), text.size()});
    if (found > at) pieces.push_back({.text = text.substr(at, found - at)});
    if (found == text.size()) break;
    pieces.push_back({.kind = Piece::Kind::agent, .role = text[found] == 'A' ? 0 : 1});
    at = found + 2;
  }
  return pieces;
}

class PythonReader {
 public:
  explicit PythonReader(std::string file) : file_(std::move(file)) {}

  void read_line(int64_t number, std::string_view line) {
    const std::string_view text = trim(line);
    if (text.starts_with("def object1_")) return begin_function(number, text);
    if (text.starts_with('"')) {
      const size_t close = text.find('"', 1);
      if (close != std::string_view::npos)
        sentences_.emplace_back(number, text.substr(1, close - 1));
    }
    const size_t object1 = text.find("', object_1)");
    if (object1 != std::string_view::npos && object1 >= 2) {
      end_function(text.substr(object1 - 2, 2) == "AA");
    }
  }

  PublishedTemplates take() {
    if (found_.templates.empty()) {
      throw_<DataError>(
          "{}: expected the template.py of StepGame, with functions such as "
          "object1_left_object2, and found none",
          file_);
    }
    return std::move(found_);
  }

 private:
  void begin_function(int64_t number, std::string_view text) {
    const std::string name = split(text.substr(4), '_').at(1);
    const auto known = published_relations().find(name);
    if (known == published_relations().end()) {
      throw_<DataError>("{}:{}: the function object1_{}_object2 is for no relation that is known",
                        file_, number, name);
    }
    relation_ = known->second;
    sentences_.clear();
  }

  void end_function(bool first_is_aa) {
    size_t kept = 0;
    for (const auto& [number, text] : sentences_) add(number, text, first_is_aa, kept);
  }

  void add(int64_t number, const std::string& text, bool first_is_aa, size_t& kept) {
    const std::string place = fmt::format("{}:{}", file_, number);
    const auto said = read_literally(replaced(replaced(text, "AA", "A"), "BB", "B"));
    const Offset a_from_b = first_is_aa ? relation_ : -relation_;
    if (!said) return leave_out(place, "it names one agent alone");
    const Offset says = said->agent == 'A' ? said->offset : -said->offset;
    if (says != a_from_b) {
      return leave_out(place, fmt::format("it says \"{}\" and stands among \"{}\"",
                                          relation_name(says), relation_name(a_from_b)));
    }
    if (!texts_.insert(text).second) return leave_out(place, "it repeats an earlier one");
    SentenceTemplate tmpl{
        .name = place,
        .side = ++kept % kHeldOutEvery == 0 ? TemplateSide::held_out : TemplateSide::train,
        .pieces = pieces_of(text),
        .links = {{0, 1}},
        .fixed = a_from_b};
    found_.templates.push_back(std::move(tmpl));
  }

  void leave_out(const std::string& place, std::string why) {
    found_.left_out.push_back({place, std::move(why)});
  }

  std::string file_;
  Offset relation_;
  std::vector<std::pair<int64_t, std::string>> sentences_;  // of this function, by line
  std::set<std::string> texts_;
  PublishedTemplates found_;
};

}  // namespace

PublishedTemplates read_published_templates(const std::filesystem::path& file) {
  PythonReader reader(file.string());
  const MappedFile mapped(file);
  for_each_line(mapped.bytes(),
                [&](int64_t number, std::string_view line) { reader.read_line(number, line); });
  return reader.take();
}

}  // namespace dovetail
