// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/plan.h"

// Settings as a methods section says them. All of them, so that a reader can repeat the work.
namespace dovetail {

// "d_model = 64, num_layers = 2": the keys of a config.json that decide a model's size.
std::string model_words(const Json& config);

// "adamw (Loshchilov and Hutter 2019), learning rate 0.001, constant after 10 warm-up steps, ..."
std::string optimizer_words(const OptimizerSettings& optimizer, const Plan& plan);

// "80 steps", "5 epochs, at least 100 steps".
std::string steps_words(const StepSettings& steps);

// What differs from plain training: "; gradients of 4 micro-batches accumulated"; "" for nothing.
std::string options_words(const TrainingOptions& options);

std::string pretrain_words(const PretrainJob& job, const Plan& plan);
std::string tune_words(const TuneJob& job, const Plan& plan);
std::string evaluate_words(const EvaluateSettings& evaluate);

// "name (source)", or the name alone where the plan has no source for it.
std::string with_source(const Plan& plan, const std::string& what, const std::string& name);

// "name with a = 1, b = 2".
std::string choice_words(const ChoiceSettings& choice);

// "A", "A and B", "A, B and C".
std::string listed(const std::vector<std::string>& parts);

}  // namespace dovetail
