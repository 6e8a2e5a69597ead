// SPDX-License-Identifier: Apache-2.0
#include "stepgame/generator.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "base/error.h"
#include "stepgame/mentions.h"

namespace dovetail {

namespace {

bool says_two_links(StoryVariant variant) {
  return variant == StoryVariant::coreference || variant == StoryVariant::ellipsis;
}

void check_lengths(const GeneratorSettings& settings) {
  for (const auto& [name, values] : {std::pair("k", settings.k), std::pair("d", settings.d)}) {
    for (const int value : values)
      if (value < 1) throw_<ConfigError>("{} counts edges, at least 1; found {}", name, value);
  }
  if (settings.k.empty()) throw ConfigError("name at least one k, the edges of the chain");
  if (settings.d.empty()) return;
  const int longest = std::ranges::max(settings.k), shortest = std::ranges::min(settings.k);
  const int farthest = std::ranges::max(settings.d), nearest = std::ranges::min(settings.d);
  if (farthest > longest) {
    throw_<ConfigError>(
        "d = {} is larger than k = {}: the question asks about agents of the chain, so d is at "
        "most k",
        farthest, longest);
  }
  if (nearest > shortest) {
    throw_<ConfigError>("no d is at most k = {}: give a d of {} or less, or leave out this k",
                        shortest, shortest);
  }
}

// Numbers of agents of which one can be drawn for a chain: what noise needs has no say in that, so
// that a story is the same one with and without noise.
std::vector<int> agents_for(const GeneratorSettings& settings, int k) {
  std::vector<int> fitting;
  for (const int agents : settings.agents)
    if (agents > k) fitting.push_back(agents);
  return fitting;
}

void check_agents(const GeneratorSettings& settings) {
  for (const int agents : settings.agents) {
    if (agents >= 2 && agents <= kMostAgents) continue;
    throw_<ConfigError>("agents are 2 to {}, a letter each; found {}", kMostAgents, agents);
  }
  for (const int k : settings.k) {
    std::vector<int> fitting = agents_for(settings, k);
    if (fitting.empty()) fitting = settings.agents;
    for (const NoiseKinds& noise : settings.noise) {
      const int needed = most_agents(k, noise), fewest = std::ranges::min(fitting);
      if (needed <= fewest) continue;
      throw_<ConfigError>(
          "k = {} with noise \"{}\" may need {} agents, and there are {} letters to call them by: "
          "lower k, or take less noise{}",
          k, noise_name(noise), needed, fewest, fewest < kMostAgents ? ", or more agents" : "");
    }
  }
}

void check_settings(const GeneratorSettings& settings) {
  check_lengths(settings);
  check_agents(settings);
  for (const StoryVariant variant : settings.variants) {
    if (!says_two_links(variant) || std::ranges::min(settings.k) > 1) continue;
    throw_<ConfigError>("the variant {} says two edges in one text, which k = 1 does not have",
                        kVariantNames[static_cast<int>(variant)]);
  }
}

template <typename T>
const T& drawn(const std::vector<T>& from, Rng& rng) {
  return from[rng.below(from.size())];
}

// The text about these agents of the world, given by role.
std::string text_about(const std::array<int, 3>& agents, const SentenceTemplate& tmpl,
                       const StepWorld& world, std::span<const char> letters) {
  std::array<char, 3> names{};
  std::array<Offset, 3> places{};
  for (int role = 0; role < tmpl.num_agents(); ++role) {
    names[role] = letters[agents[role]];
    places[role] = world.places[agents[role]];
  }
  return tmpl.render(names, places);
}

// The places in the chain of the two agents of the question.
struct Asked {
  int asked, from;
};

Asked draw_question(int k, const std::vector<int>& distances, Rng& rng) {
  std::vector<int> fitting;
  for (const int d : distances)
    if (d <= k) fitting.push_back(d);
  if (fitting.empty()) {  // as published
    const int asked = static_cast<int>(rng.below(k + 1)), other = static_cast<int>(rng.below(k));
    return {asked, other + (other >= asked)};
  }
  const int d = drawn(fitting, rng), begin = static_cast<int>(rng.below(k - d + 1));
  return rng.below(2) == 0 ? Asked{begin, begin + d} : Asked{begin + d, begin};
}

std::vector<char> shuffled_letters(const std::vector<int>& agents, Rng& rng) {
  std::vector<char> letters(agents.size() == 1 ? agents[0] : drawn(agents, rng));
  std::iota(letters.begin(), letters.end(), 'A');
  rng.shuffle(std::span(letters));
  return letters;
}

}  // namespace

StoryGenerator::StoryGenerator(GeneratorSettings settings, std::vector<SentenceTemplate> templates)
    : settings_(std::move(settings)), templates_(std::move(templates)) {
  check_settings(settings_);
  index_templates();
  check_templates();
}

void StoryGenerator::index_templates() {
  for (size_t side = 0; side < kSideNames.size(); ++side) {
    for (size_t variant = 0; variant < kVariantNames.size(); ++variant) {
      for (const Offset direction : kMoves) {
        TemplateChoice& fitting = choices_.emplace_back();
        for (const SentenceTemplate& tmpl : templates_) {
          const bool fits = !tmpl.fixed || *tmpl.fixed == direction;
          if (tmpl.side == static_cast<TemplateSide>(side) &&
              tmpl.variant == static_cast<StoryVariant>(variant) && fits)
            fitting.push_back(&tmpl);
        }
      }
    }
  }
}

void StoryGenerator::check_templates() const {
  const auto check = [&](TemplateSide side, StoryVariant variant) {
    for (const Offset direction : kMoves) {
      if (!choice(side, variant, direction).empty()) continue;
      throw_<ConfigError>("no {} template of the variant {} can say \"{}\"",
                          kSideNames[static_cast<int>(side)],
                          kVariantNames[static_cast<int>(variant)], relation_name(direction));
    }
  };
  for (const TemplateSide side : settings_.templates) {
    for (const StoryVariant variant : settings_.variants) {
      check(side, variant);
      if (says_two_links(variant)) check(side, StoryVariant::plain);  // for an edge that is left
    }
  }
}

const StoryGenerator::TemplateChoice& StoryGenerator::choice(TemplateSide side,
                                                             StoryVariant variant,
                                                             Offset direction) const {
  const size_t row =
      static_cast<size_t>(side) * kVariantNames.size() + static_cast<size_t>(variant);
  return choices_[row * kMoves.size() + relation_index(direction)];
}

std::string StoryGenerator::say_edge(const StepWorld& world, StepWorld::Edge edge,
                                     const Telling& telling, Rng& rng) const {
  if (rng.below(2) == 0) std::swap(edge.from, edge.to);
  const StoryVariant variant =
      says_two_links(telling.variant) ? StoryVariant::plain : telling.variant;
  const Offset direction = world.places[edge.to] - world.places[edge.from];
  const SentenceTemplate& tmpl = *drawn(choice(telling.side, variant, direction), rng);
  std::array<int, 3> agents{};
  agents[tmpl.links[0].role] = edge.to;
  agents[tmpl.links[0].from] = edge.from;
  return text_about(agents, tmpl, world, telling.letters);
}

// Two edges that share the agent in the middle.
std::string StoryGenerator::say_two(const StepWorld& world, int first, int middle, int last,
                                    const Telling& telling, Rng& rng) const {
  if (rng.below(2) == 0) std::swap(first, last);
  const SentenceTemplate& tmpl = *drawn(choice(telling.side, telling.variant, kMoves.front()), rng);
  const int shared = tmpl.shared_role();
  const auto other_of = [&](SentenceTemplate::Link link) {
    return link.role == shared ? link.from : link.role;
  };
  std::array<int, 3> agents{};
  agents[shared] = middle;
  agents[other_of(tmpl.links[0])] = first;
  agents[other_of(tmpl.links[1])] = last;
  return text_about(agents, tmpl, world, telling.letters);
}

std::vector<std::string> StoryGenerator::say_chain(const StepWorld& world, const Telling& telling,
                                                   Rng& rng) const {
  std::vector<std::string> texts;
  const int k = static_cast<int>(world.edges.size());
  int next = 0;
  if (says_two_links(telling.variant)) {
    if (k % 2 == 1 && rng.below(2) == 0) {  // the edge that is left may be either end
      texts.push_back(say_edge(world, world.edges[next++], telling, rng));
    }
    for (; next + 1 < k; next += 2)
      texts.push_back(say_two(world, next, next + 1, next + 2, telling, rng));
  }
  for (; next < k; ++next) texts.push_back(say_edge(world, world.edges[next], telling, rng));
  rng.shuffle(std::span(texts));
  return texts;
}

void StoryGenerator::say_noise(const StepWorld& world, size_t chain_edges, const Telling& telling,
                               Rng& rng, StepStory& story) const {
  for (size_t i = chain_edges; i < world.edges.size(); ++i) {
    std::string text = say_edge(world, world.edges[i], telling, rng);
    const auto at = static_cast<std::ptrdiff_t>(rng.below(story.sentences.size() + 1));
    story.sentences.insert(story.sentences.begin() + at, std::move(text));
    story.is_noise.insert(story.is_noise.begin() + at, true);
  }
}

// What makes the chain and what makes its noise are two streams, so that noise changes no chain.
StepStory StoryGenerator::story(int64_t i) const {
  Rng rng(derive_seed(settings_.seed, fmt::format("stepgame/story/{}", i)));
  Rng noise(derive_seed(settings_.seed, fmt::format("stepgame/noise/{}", i)));
  const int k = drawn(settings_.k, rng);
  const auto [asked, from] = draw_question(k, settings_.d, rng);
  const Telling telling{.side = drawn(settings_.templates, rng),
                        .variant = drawn(settings_.variants, rng),
                        .letters = shuffled_letters(agents_for(settings_, k), rng)};
  StepWorld world = chain_world(k, rng);
  StepStory story{.sentences = say_chain(world, telling, rng),
                  .asked = telling.letters[asked],
                  .from = telling.letters[from],
                  .label = relation_name(world.places[asked] - world.places[from]),
                  .k = k,
                  .d = std::abs(asked - from),
                  .variant = kVariantNames[static_cast<int>(telling.variant)],
                  .templates = kSideNames[static_cast<int>(telling.side)]};
  story.question = question_about(story.asked, story.from);
  story.is_noise.assign(story.sentences.size(), false);
  add_noise(drawn(settings_.noise, noise), k, asked, from, world, noise);
  say_noise(world, static_cast<size_t>(k), telling, noise, story);
  NoiseKinds there{};
  for (size_t kind = 0; kind < there.size(); ++kind) there[kind] = world.noise_agents[kind] > 0;
  story.noise = noise_name(there);
  return story;
}

}  // namespace dovetail
