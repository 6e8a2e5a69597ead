// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

// What the fuzzers call. A target reads bytes that somebody else wrote and may refuse them with a
// ConfigError or DataError. Any other exception, a crash, a hang and more than 1 GiB are faults.
namespace dovetail::fuzz {

using Target = std::function<void(std::string_view bytes)>;

// By name, which is also the name of its folder in the corpus.
const std::map<std::string, Target>& targets();

// Runs a target; its refusals end here.
void run(const Target& target, std::string_view bytes);

}  // namespace dovetail::fuzz
