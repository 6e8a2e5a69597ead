// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stepgame/mentions.h"
#include "stepgame/story.h"
#include "stepgame/story_templates.h"
#include "stepgame/world.h"

namespace dovetail {

// What stories to make. Of each list one entry is drawn for each story, all equally likely.
struct GeneratorSettings {
  uint64_t seed = 0;
  std::vector<int> k = {1, 2, 3, 4, 5};
  // Edges between the two agents of the question; only those up to k can be drawn. Empty: two
  // agents of the chain at random, as published, which makes most questions ask about few edges.
  std::vector<int> d = {};
  // How many letters there are to call agents by; only those above k can be drawn. With few of them
  // a small model learns sooner to tell who is asked about.
  std::vector<int> agents = {kMostAgents};
  std::vector<NoiseKinds> noise = {NoiseKinds{}};
  std::vector<StoryVariant> variants = {StoryVariant::plain};
  std::vector<TemplateSide> templates = {TemplateSide::train};
};

// Writes stories with those templates. Story i depends on the settings, the templates and i alone.
// A story with noise is the story that the same settings give without noise, and more sentences
// between its sentences.
class StoryGenerator {
 public:
  // ConfigError for settings that no story fits: k or d below 1, a d that is larger than each k, a
  // k that is smaller than each d, agents that are too few for k and noise, coreference or ellipsis
  // of a single edge, and templates that lack a variant, a side or a direction.
  StoryGenerator(GeneratorSettings settings, std::vector<SentenceTemplate> templates);

  StepStory story(int64_t i) const;

 private:
  using TemplateChoice = std::vector<const SentenceTemplate*>;
  struct Telling {  // how a story is told
    TemplateSide side;
    StoryVariant variant;
    std::vector<char> letters;  // by agent
  };

  // Of a side and variant, those that can say this direction.
  const TemplateChoice& choice(TemplateSide side, StoryVariant variant, Offset direction) const;
  void index_templates();
  void check_templates() const;

  std::string say_edge(const StepWorld& world, StepWorld::Edge edge, const Telling& telling,
                       Rng& rng) const;
  std::string say_two(const StepWorld& world, int first, int middle, int last,
                      const Telling& telling, Rng& rng) const;
  std::vector<std::string> say_chain(const StepWorld& world, const Telling& telling,
                                     Rng& rng) const;
  void say_noise(const StepWorld& world, size_t chain_edges, const Telling& telling, Rng& rng,
                 StepStory& story) const;

  GeneratorSettings settings_;
  std::vector<SentenceTemplate> templates_;
  std::vector<TemplateChoice> choices_;  // by side, variant and direction
};

}  // namespace dovetail
