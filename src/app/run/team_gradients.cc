// SPDX-License-Identifier: Apache-2.0
#include "app/run/team_gradients.h"

#include <nlohmann/json.hpp>

namespace dovetail {

using nlohmann::json;

// CBOR keeps a double as it is.
StepReport TeamGradients::all_reduce_report(const StepReport& mine) {
  const auto said = team_.exchange(
      json::to_cbor(json{mine.loss_sum, mine.computed_tokens, mine.stop, mine.failure}));
  std::vector<StepReport> reports;
  for (const Team::Bytes& bytes : said) {
    const json words = json::from_cbor(bytes);
    reports.push_back({words.at(0).get<double>(), words.at(1).get<int64_t>(),
                       words.at(2).get<bool>(), words.at(3).get<std::string>()});
  }
  return reduced_report(reports);
}

}  // namespace dovetail
