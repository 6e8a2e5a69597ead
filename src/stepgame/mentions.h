// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// The agents of a StepGame story are single capital letters, and nothing else in it is.
inline constexpr int kMostAgents = 26;

// Whether a letter that stands by itself begins at `at`.
bool is_agent_at(std::string_view text, size_t at);

// The agents of a text, each once, in the order in which they are first mentioned: "BA" of
// "B is above A, and B ...".
std::string agents_in(std::string_view text);

// The text with its agents numbered in that order, so that texts which differ in names alone are
// equal: "{0} is above {1}."
std::string without_names(std::string_view text);

}  // namespace dovetail
