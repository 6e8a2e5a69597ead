// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace dovetail {

// `dovetail submit --status`: our state of a submission and squeue's in one table. Throws
// ConfigError where nothing was submitted for that results folder.
int show_submission(const std::filesystem::path& out);

// `dovetail submit --cancel`: asks the jobs to stop, so that they save what they have, and cancels
// what is left.
int cancel_submission(const std::filesystem::path& out);

}  // namespace dovetail
