// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace dovetail {

// Writes the results folder of a sweep that nobody ran: a plan with the settings that a sweep file
// gives, and a journal with a record for each job. 5 objectives, 10 tasks, 4 templates, 2 tunings
// and 5 training sizes make 2,000 cells a seed; the last seed may have fewer. Baselines come beside
// them. Scores are drawn from the job's name; nothing in them was measured.
void write_made_up_results(const std::filesystem::path& folder, int64_t num_cells,
                           int64_t num_examples);

}  // namespace dovetail
