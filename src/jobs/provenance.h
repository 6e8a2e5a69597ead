// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace dovetail {

// The kind of processor, on which the last digits of every number depend: "AMD EPYC 9654"; "" where
// the system does not say.
std::string cpu_model();

// The origin of a record: commit, versions, host, processor, threads, device, the precision that
// the job trained in ("float32" for a job that trains nothing), and whether the calling thread
// computes with subnormal numbers ("kept") or takes them for zero ("flushed").
nlohmann::json provenance(int threads, const std::string& device, const std::string& precision);

// The peak resident set of this process since forget_peak(), in bytes; where the system cannot
// forget it (it needs Linux' /proc), since the process began.
int64_t peak_bytes();
void forget_peak();
// The processor time of the calling process, in seconds.
double cpu_seconds();

}  // namespace dovetail
