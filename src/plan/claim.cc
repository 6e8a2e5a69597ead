// SPDX-License-Identifier: Apache-2.0
#include "plan/claim.h"

namespace dovetail {

namespace {

// What older claims lack stands there only where it says something, so that their hash stays.
Json side_json(const ClaimSide& side) {
  Json json = {{"alternatives", side.alternatives},
               {"metric", side.metric},
               {"best_other", side.best_other}};
  if (!side.baseline.empty()) json["baseline"] = side.baseline;
  return json;
}

ClaimSide side_from(const Json& json) {
  return {json.at("alternatives").get<std::vector<AxisLabels>>(),
          json.at("metric").get<std::string>(), json.at("best_other").get<bool>(),
          json.value("baseline", "")};
}

}  // namespace

void to_json(Json& json, const Claim& claim) {
  json = {
      {"name", claim.name},     {"source", claim.source},     {"metrics", claim.metrics},
      {"reduce", claim.reduce}, {"at_least", claim.at_least}, {"apart", claim.apart},
      {"margin", claim.margin}, {"family", claim.family},     {"family_size", claim.family_size},
      {"pairs", Json::array()}};
  if (!claim.examples.empty()) json["examples"] = claim.examples;
  for (const ClaimPair& pair : claim.pairs) {
    json["pairs"].push_back({{"better", side_json(pair.better)},
                             {"worse", side_json(pair.worse)},
                             {"where", pair.where},
                             {"more_than", pair.more_than},
                             {"label", pair.label}});
  }
}

void from_json(const Json& json, Claim& claim) {
  json.at("name").get_to(claim.name);
  json.at("source").get_to(claim.source);
  json.at("metrics").get_to(claim.metrics);
  json.at("reduce").get_to(claim.reduce);
  json.at("at_least").get_to(claim.at_least);
  // a plan of an older version has none of these
  claim.apart = json.value("apart", false);
  claim.margin = json.value("margin", 0.0);
  claim.family = json.value("family", "");
  claim.family_size = json.value("family_size", int64_t{0});
  claim.examples = json.value("examples", AxisLabels());
  claim.pairs.clear();
  for (const Json& pair : json.at("pairs")) {
    claim.pairs.push_back({side_from(pair.at("better")), side_from(pair.at("worse")),
                           pair.at("where").get<AxisLabels>(),
                           pair.at("more_than").get<AxisLabels>(), pair.value("label", "")});
  }
}

}  // namespace dovetail
