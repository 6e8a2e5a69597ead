// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objectives/objective.h"

// Mixtures of denoisers (Tay et al. 2022): each example is drawn from one of several span
// corruptions or prefix LMs, by weight, and begins with the text that names its mode.
namespace dovetail {

// A denoiser with several spans, as a table of the parameter `denoisers`.
nlohmann::json span_denoiser(const char* mode, double noise_density, double mean_noise_span_length);

// `texts`: by mode.
Objective mixture_of_denoisers(const char* name, const char* paper, nlohmann::json denoisers,
                               nlohmann::json texts);

// Gives each denoiser the texts that fill its own inputs, in place of the shortest of all.
void draw_chunks_by_denoiser(Objective& objective);

}  // namespace dovetail
