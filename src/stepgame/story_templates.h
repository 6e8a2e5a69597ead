// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepgame/offset.h"

namespace dovetail {

// How a story says its edges: a sentence each (plain, passive), or two edges that share an agent in
// one text that names it once and then refers to it (coreference) or leaves it out (ellipsis).
enum class StoryVariant { plain, passive, coreference, ellipsis };
inline constexpr std::array<const char*, 4> kVariantNames = {"plain", "passive", "coreference",
                                                             "ellipsis"};
// Templates to train on, and others that only tests have.
enum class TemplateSide { train, held_out };
inline constexpr std::array<const char*, 2> kSideNames = {"train", "held_out"};

// Words for the eight directions, in the order of kMoves.
using DirectionWords = std::array<std::string, kMoves.size()>;

// A sentence with places for agents (roles 0, 1, 2: {a}, {b}, {c}) and for directions.
struct SentenceTemplate {
  struct Piece {
    enum class Kind { text, agent, direction } kind = Kind::text;
    std::string text = {};      // of a text
    int role = 0;               // of an agent; of a direction the agent that is placed
    int from = 0;               // of a direction: the agent that it is placed by
    DirectionWords words = {};  // of a direction
  };
  struct Link {
    int role, from;
  };
  std::string name;  // "plain.train.simple", "template.py:61"
  StoryVariant variant = StoryVariant::plain;
  TemplateSide side = TemplateSide::train;
  std::vector<Piece> pieces;
  std::vector<Link> links;      // what it says, in the order of its directions
  std::optional<Offset> fixed;  // of a published one: the only direction that its text fits

  int num_agents() const { return static_cast<int>(links.size()) + 1; }
  // The role that both links share, of a template with two.
  int shared_role() const;
  // The text about these agents at these places, both by role. Directions are computed from the
  // places, so that no template can say a wrong one.
  std::string render(std::span<const char> agents, std::span<const Offset> places) const;
};

// Templates of a file such as data/stepgame/templates.toml, whose first comment explains it.
// ConfigError (FILE:LINE:COLUMN) for a template without a direction, an unknown word list, a role
// that no direction places, a list that lacks a direction, and two templates that write the same
// text, since then the text would mean two things or the held-out templates would be known.
std::vector<SentenceTemplate> load_story_templates(const std::filesystem::path& file);
// The project's own: data/stepgame/templates.toml.
const std::vector<SentenceTemplate>& own_story_templates();

// Every text that a template can write about agents A, B, C, with the places that make it say so.
struct TemplateText {
  std::string text;
  std::vector<Offset> places;  // by role
};
std::vector<TemplateText> all_texts(const SentenceTemplate& tmpl);

}  // namespace dovetail
