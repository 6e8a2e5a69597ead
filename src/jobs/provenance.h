// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace dovetail {

// What a record says about where it came from: commit, versions, host, threads, device.
nlohmann::json provenance(int threads, const std::string& device);

// Peak resident set of this process so far, in bytes.
int64_t peak_bytes();
// Processor time of the calling process.
double cpu_seconds();

}  // namespace dovetail
