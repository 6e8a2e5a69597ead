// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

// The program that users start, dovetail, is a small one: it does what needs no LibTorch, whose
// libraries take a third of a second to load. For the rest it becomes dovetail-full, which lies
// beside it and knows every command; process, arguments and environment stay.
namespace dovetail {

// The program that this process was started as: of dovetail-full, the dovetail beside it.
std::filesystem::path front_program();

// Becomes dovetail-full, and so returns only by throwing: a SystemError, if it cannot be started.
[[noreturn]] void become_full_program(char** arguments);

}  // namespace dovetail
