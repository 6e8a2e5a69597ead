// SPDX-License-Identifier: Apache-2.0
// Many examples of one objective as JSON lines, for tests/oracles/objective_oracle_test.py:
//   objective_draws NAME PARAMETERS NUM_TOKENS COUNT SEED
// The tokens are 0, 1, 2, ...; <extra_id_K> is -1 - K, and the objective's text K is 100000 + K.
#include <cstdlib>
#include <iostream>

#include "objectives/objective.h"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const dovetail::BoundObjective objective =
      dovetail::make_objective(argv[1], nlohmann::json::parse(argv[2]));
  std::vector<int32_t> tokens(std::atoi(argv[3])), sentinels(1000);
  for (size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<int32_t>(i);
  for (size_t i = 0; i < sentinels.size(); ++i) sentinels[i] = -1 - static_cast<int32_t>(i);
  std::vector<std::vector<int32_t>> texts;
  for (const auto& text : dovetail::texts_of(*objective.objective, objective.parameters)) {
    (void)text;
    texts.push_back({100000 + static_cast<int32_t>(texts.size())});
  }
  dovetail::Rng rng(std::atoi(argv[5]));
  for (int i = 0; i < std::atoi(argv[4]); ++i) {
    const dovetail::Denoised drawn = objective.apply(tokens, {sentinels, texts}, rng);
    std::cout << nlohmann::json{{"inputs", drawn.inputs}, {"targets", drawn.targets}} << "\n";
  }
}
