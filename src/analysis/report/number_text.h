// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/statistics/statistics.h"

// Numbers as text, the same in the report, in decision.json and in advice. Negative numbers have a
// minus sign (U+2212).
namespace dovetail {

std::string score_text(double score);                            // 0.412
std::string signed_text(double difference);                      // +0.031, −0.004
std::string percent_text(double share);                          // +12 %
std::string seconds_text(double seconds);                        // 0.4 s, 41 s, 3 min, 1.2 h
std::string interval_text(const Estimate& estimate);             // +0.020 to +0.050
std::string metric_text(const std::string& metric);              // rouge_l -> ROUGE-L
std::string p_text(double p);                                    // 0.012, < 0.001
std::string count_text(int64_t count, const std::string& noun);  // 1 seed, 3 seeds
std::string quantity_text(double count);                         // 640, 12 k, 2.4 M
std::string memory_text(double bytes);                           // 486 MiB; "" for none

}  // namespace dovetail
