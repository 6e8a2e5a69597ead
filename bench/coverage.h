// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/decisions/verdicts.h"
#include "analysis/simulated_sweeps.h"

// What bench/coverage simulates: each function draws many sweeps of one setting and returns the
// lines of the table.
namespace dovetail::simulated {

using Json = nlohmann::ordered_json;

// How the tasks of a sweep differ: not at all, or by effects of SD 0.05, normal or exponential.
enum class Tasks { alike, differ, skewed };

// Intervals, and how often they hold the truth (coverage_intervals.cc).
std::vector<Json> cells_of_one_task(const Setting& setting, uint64_t seed);
std::vector<Json> effects_by_task(const Setting& setting, uint64_t seed);
std::vector<Json> pooled_claim(const Setting& setting, Tasks kind, uint64_t seed);

// Verdicts, and how often they are wrong (coverage_verdicts.cc).
std::vector<Json> selection(const Setting& setting, uint64_t seed);
std::vector<Json> null_claims(const Setting& setting, uint64_t seed);
std::vector<Json> checkpoints(int64_t tasks, int64_t replicates, double sd, uint64_t seed);
// Regrets of an oracle, which reads the truth from its probes, and of a choice by chance.
std::vector<Json> regrets(const Setting& setting, double cells_sd, uint64_t seed);

// That cells of the template `better` are better than those of `worse`.
Claim claim_of(const std::string& better, const std::string& worse);
// `claims` about the sweep as it was drawn last.
std::vector<ClaimResult> judged(const Sweep& sweep, const std::vector<CellGroup>& groups,
                                const std::vector<Claim>& claims);

}  // namespace dovetail::simulated
