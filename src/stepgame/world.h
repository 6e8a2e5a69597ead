// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/random.h"
#include "stepgame/offset.h"

namespace dovetail {

// The noise of Shi et al. 2022: agents and edges that leave the answer alone.
//   irrelevant    new agents, each beside one that is there
//   disconnected  a chain of its own
//   supporting    a second path between two agents of the chain; only for k > 3, as published
enum class NoiseKind { irrelevant, disconnected, supporting };
inline constexpr std::array<const char*, 3> kNoiseNames = {"irrelevant", "disconnected",
                                                           "supporting"};
using NoiseKinds = std::array<bool, kNoiseNames.size()>;

// "none", or the names of the kinds joined by +; parse_noise throws ConfigError for an unknown one
// and takes "all", too.
std::string noise_name(const NoiseKinds& kinds);
NoiseKinds parse_noise(const std::string& name);

// The most agents that a chain of k edges and its noise can have.
int most_agents(int k, const NoiseKinds& noise);

// Agents on the grid (by number; the chain's are 0 to k, in its order) and the edges that a story
// says. The first k edges are the chain's.
struct StepWorld {
  struct Edge {
    int from, to;
  };
  std::vector<Offset> places;
  std::vector<Edge> edges;
  std::array<int, kNoiseNames.size()> noise_agents = {};  // how many each kind brought

  int add_agent(Offset place);
  void add_edge(int from, int to) { edges.push_back({from, to}); }
};

// A chain of k moves, each uniform over the eight.
StepWorld chain_world(int k, Rng& rng);

// Adds noise to a chain of k edges about whose agents `asked` and `from` the question is. A second
// path that would bring these two closer together is not taken, so that their distance stays |asked
// - from|.
void add_noise(const NoiseKinds& kinds, int k, int asked, int from, StepWorld& world, Rng& rng);

}  // namespace dovetail
