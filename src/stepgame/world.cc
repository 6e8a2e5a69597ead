// SPDX-License-Identifier: Apache-2.0
#include "stepgame/world.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

constexpr int kLeastDetour = 2, kMostDetour = 7;  // Manhattan distances of Shi et al. 2022
constexpr int kDetourAttempts = 100;

// The largest number of agents that a kind brings grows with the chain.
int most_of_a_kind(int k) { return (k + 1) / 3 + 1; }

int between(int least, int most, Rng& rng) {
  return least + static_cast<int>(rng.below(static_cast<uint64_t>(most - least + 1)));
}

Offset random_move(Rng& rng) { return kMoves[rng.below(kMoves.size())]; }

int add_neighbour(StepWorld& world, int of, Offset move) {
  const int agent = world.add_agent(world.places[of] + move);
  world.add_edge(of, agent);
  return agent;
}

// Each beside any agent, an earlier one of these among them.
int add_irrelevant(int k, StepWorld& world, Rng& rng) {
  const int count = between(1, most_of_a_kind(k), rng);
  for (int i = 0; i < count; ++i) {
    const int of = static_cast<int>(rng.below(world.places.size()));
    add_neighbour(world, of, random_move(rng));
  }
  return count;
}

int add_disconnected(int k, StepWorld& world, Rng& rng) {
  const int count = between(2, std::max(2, most_of_a_kind(k)), rng);
  int last = world.add_agent({});
  for (int i = 1; i < count; ++i) last = add_neighbour(world, last, random_move(rng));
  return count;
}

// The axis steps of a way, in random order.
std::vector<Offset> axis_steps(Offset way, Rng& rng) {
  std::vector<Offset> steps(std::abs(way.x), {sign_of(way).x, 0});
  steps.resize(steps.size() + std::abs(way.y), {0, sign_of(way).y});
  rng.shuffle(std::span(steps));
  return steps;
}

int add_supporting(int k, int asked, int from, StepWorld& world, Rng& rng) {
  if (k <= 3) return 0;
  for (int attempt = 0; attempt < kDetourAttempts; ++attempt) {
    const int a = between(0, k, rng), b = between(0, k, rng);
    if (a == b || a == asked || a == from || b == asked || b == from) continue;
    const Offset way = world.places[b] - world.places[a];
    const int length = std::abs(way.x) + std::abs(way.y);
    if (length < kLeastDetour || length > kMostDetour) continue;
    const int through = std::min(std::abs(asked - a) + std::abs(b - from),
                                 std::abs(asked - b) + std::abs(a - from));
    if (through + length < std::abs(asked - from)) continue;  // a short cut
    int last = a;
    const std::vector<Offset> steps = axis_steps(way, rng);
    for (int i = 0; i + 1 < length; ++i) last = add_neighbour(world, last, steps[i]);
    world.add_edge(last, b);
    return length - 1;
  }
  return 0;
}

}  // namespace

std::string noise_name(const NoiseKinds& kinds) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kinds.size(); ++i)
    if (kinds[i]) names.emplace_back(kNoiseNames[i]);
  return names.empty() ? "none" : join(names, "+");
}

NoiseKinds parse_noise(const std::string& name) {
  if (name == "none") return {};
  if (name == "all") return {true, true, true};
  NoiseKinds kinds = {};
  for (const std::string& kind : split(name, '+')) {
    const auto found = std::ranges::find(kNoiseNames, kind);
    if (found == kNoiseNames.end()) {
      std::vector<std::string> known(kNoiseNames.begin(), kNoiseNames.end());
      known.insert(known.end(), {"none", "all"});
      throw_<ConfigError>("unknown kind of noise \"{}\": {}; several are joined by +", kind,
                          did_you_mean(kind, known));
    }
    kinds[found - kNoiseNames.begin()] = true;
  }
  return kinds;
}

int most_agents(int k, const NoiseKinds& noise) {
  int most = k + 1;
  if (noise[static_cast<int>(NoiseKind::irrelevant)]) most += most_of_a_kind(k);
  if (noise[static_cast<int>(NoiseKind::disconnected)]) most += std::max(2, most_of_a_kind(k));
  if (noise[static_cast<int>(NoiseKind::supporting)] && k > 3) most += kMostDetour - 1;
  return most;
}

int StepWorld::add_agent(Offset place) {
  places.push_back(place);
  return static_cast<int>(places.size()) - 1;
}

StepWorld chain_world(int k, Rng& rng) {
  StepWorld world;
  int last = world.add_agent({});
  for (int i = 0; i < k; ++i) last = add_neighbour(world, last, random_move(rng));
  return world;
}

void add_noise(const NoiseKinds& kinds, int k, int asked, int from, StepWorld& world, Rng& rng) {
  const auto add = [&](NoiseKind kind, auto adder) {
    const auto i = static_cast<size_t>(kind);
    if (kinds[i]) world.noise_agents[i] = adder();
  };
  // supporting agents first: an irrelevant one may stand beside them
  add(NoiseKind::supporting, [&] { return add_supporting(k, asked, from, world, rng); });
  add(NoiseKind::irrelevant, [&] { return add_irrelevant(k, world, rng); });
  add(NoiseKind::disconnected, [&] { return add_disconnected(k, world, rng); });
}

}  // namespace dovetail
