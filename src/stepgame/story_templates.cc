// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story_templates.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/data_folder.h"
#include "base/error.h"
#include "base/names.h"
#include "base/strict_toml.h"
#include "stepgame/mentions.h"

namespace dovetail {

namespace {

using Piece = SentenceTemplate::Piece;
using WordLists = std::map<std::string, DirectionWords>;

constexpr std::string_view kAgents = "ABC";

int role_of(const StrictToml& toml, const std::string& key, const std::string& name) {
  if (name == "a" || name == "b" || name == "c") return name[0] - 'a';
  toml.fail(key, fmt::format("expected the agent a, b or c, found \"{}\"", name));
}

// What stands in braces: {a}, or {where a b}, which is where a is as seen from b.
Piece read_place(const StrictToml& toml, const std::string& key, std::string_view inside,
                 const WordLists& lists) {
  const std::vector<std::string> parts = split(inside, ' ');
  if (parts.size() == 1) {
    return {.kind = Piece::Kind::agent, .role = role_of(toml, key, parts[0])};
  }
  std::vector<std::string> known;
  for (const auto& [name, words] : lists) known.push_back(name);
  const auto list = lists.find(parts[0]);
  if (parts.size() != 3 || list == lists.end()) {
    toml.fail(key, fmt::format("expected {{a}} or {{LIST a b}} with a list of [words], found "
                               "{{{}}}: {}",
                               inside, did_you_mean(parts[0], known)));
  }
  return {.kind = Piece::Kind::direction,
          .role = role_of(toml, key, parts[1]),
          .from = role_of(toml, key, parts[2]),
          .words = list->second};
}

std::vector<Piece> read_pieces(const StrictToml& toml, const std::string& key,
                               const std::string& text, const WordLists& lists) {
  std::vector<Piece> pieces;
  for (size_t at = 0; at < text.size();) {
    const size_t open = std::min(text.find('{', at), text.size());
    if (open > at) pieces.push_back({.text = text.substr(at, open - at)});
    if (open == text.size()) break;
    const size_t close = text.find('}', open);
    if (close == std::string::npos) toml.fail(key, "a brace { is not closed");
    pieces.push_back(
        read_place(toml, key, std::string_view(text).substr(open + 1, close - open - 1), lists));
    at = close + 1;
  }
  return pieces;
}

// One link between two agents, or two that share one.
void check_links(const StrictToml& toml, const std::string& key, const SentenceTemplate& tmpl) {
  const bool pairs =
      tmpl.variant == StoryVariant::coreference || tmpl.variant == StoryVariant::ellipsis;
  if (tmpl.links.size() != (pairs ? 2 : 1)) {
    toml.fail(key, fmt::format("expected {}, found {}", pairs ? "two directions" : "one direction",
                               tmpl.links.size()));
  }
  std::set<int> roles;
  for (const auto& [role, from] : tmpl.links) roles.insert({role, from});
  if (static_cast<int>(roles.size()) != tmpl.num_agents() || *roles.rbegin() > 2 ||
      *roles.rbegin() + 1 != tmpl.num_agents()) {
    toml.fail(key, fmt::format("its directions must link the agents {}",
                               pairs ? "a, b and c, one of them twice" : "a and b"));
  }
}

SentenceTemplate read_template(const StrictToml& toml, const std::string& name,
                               const std::string& text, const WordLists& lists) {
  SentenceTemplate tmpl{
      .name = name, .pieces = read_pieces(toml, name, text, lists), .links = {}, .fixed = {}};
  if (!agents_in(text).empty()) {
    toml.fail(name,
              "a capital letter by itself is an agent, which only {a}, {b} and {c} stand for");
  }
  for (const Piece& piece : tmpl.pieces) {
    if (piece.kind == Piece::Kind::direction) tmpl.links.push_back({piece.role, piece.from});
  }
  return tmpl;
}

WordLists read_word_lists(const StrictToml& toml) {
  WordLists lists;
  for (const std::string& list : toml.texts("word_lists")) {
    const std::string key = "words." + list;
    const std::map<std::string, std::string> words = toml.text_table(key);
    for (size_t i = 0; i < kMoves.size(); ++i) {
      const auto found = words.find(relation_names()[i]);
      if (found == words.end())
        toml.fail(key, fmt::format("{} lacks a word for \"{}\"", key, relation_names()[i]));
      lists[list][i] = found->second;
    }
    if (words.size() != kMoves.size())
      toml.fail(key, fmt::format("{} needs the eight directions and no more", key));
  }
  return lists;
}

void refuse_equal_texts(const StrictToml& toml, const std::vector<SentenceTemplate>& all) {
  std::map<std::string, std::string> writers;
  for (const SentenceTemplate& tmpl : all) {
    for (const TemplateText& written : all_texts(tmpl)) {
      const auto [found, is_new] = writers.emplace(without_names(written.text), tmpl.name);
      if (is_new) continue;
      toml.fail(tmpl.name,
                fmt::format("{} and {} both write \"{}\"", found->second, tmpl.name, written.text));
    }
  }
}

}  // namespace

int SentenceTemplate::shared_role() const {
  const auto [a, b] = links.at(0);
  const auto [c, d] = links.at(1);
  return a == c || a == d ? a : b;
}

std::string SentenceTemplate::render(std::span<const char> agents,
                                     std::span<const Offset> places) const {
  std::string text;
  for (const Piece& piece : pieces) {
    switch (piece.kind) {
      case Piece::Kind::text: text += piece.text; break;
      case Piece::Kind::agent: text += agents[piece.role]; break;
      case Piece::Kind::direction:
        text += piece.words[relation_index(places[piece.role] - places[piece.from])];
        break;
    }
  }
  return text;
}

std::vector<TemplateText> all_texts(const SentenceTemplate& tmpl) {
  std::vector<TemplateText> all;
  const auto add = [&](std::vector<Offset> places) {
    all.push_back({tmpl.render(kAgents, places), std::move(places)});
  };
  for (const Offset first : kMoves) {
    if (tmpl.fixed && *tmpl.fixed != first) continue;
    std::vector<Offset> places(tmpl.num_agents());
    places[tmpl.links[0].role] = places[tmpl.links[0].from] + first;
    if (tmpl.links.size() == 1) {
      add(places);
      continue;
    }
    const auto [role, from] = tmpl.links[1];
    for (const Offset second : kMoves) {
      std::vector<Offset> both = places;
      if (role == tmpl.shared_role()) {
        both[from] = both[role] - second;
      } else {
        both[role] = both[from] + second;
      }
      add(std::move(both));
    }
  }
  return all;
}

std::vector<SentenceTemplate> load_story_templates(const std::filesystem::path& file) {
  std::vector<std::string> keys = {"name", "version", "source", "word_lists", "words.*"};
  for (const char* variant : kVariantNames)
    for (const char* side : kSideNames) keys.push_back(fmt::format("{}.{}.*", variant, side));
  const StrictToml toml(file, keys);
  toml.version();
  const WordLists lists = read_word_lists(toml);
  std::vector<SentenceTemplate> all;
  for (size_t v = 0; v < kVariantNames.size(); ++v) {
    for (size_t s = 0; s < kSideNames.size(); ++s) {
      const std::string table = fmt::format("{}.{}", kVariantNames[v], kSideNames[s]);
      for (const auto& [name, text] : toml.text_table(table)) {
        all.push_back(read_template(toml, table + "." + name, text, lists));
        all.back().variant = static_cast<StoryVariant>(v);
        all.back().side = static_cast<TemplateSide>(s);
        check_links(toml, all.back().name, all.back());
      }
    }
  }
  refuse_equal_texts(toml, all);
  return all;
}

const std::vector<SentenceTemplate>& own_story_templates() {
  static const std::vector<SentenceTemplate> all =
      load_story_templates(data_folder() / "stepgame/templates.toml");
  return all;
}

}  // namespace dovetail
