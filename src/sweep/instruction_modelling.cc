// SPDX-License-Identifier: Apache-2.0
#include "sweep/instruction_modelling.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace dovetail {

namespace {

bool is_causal_start(const Sweep& sweep, const GridPoint& point) {
  const ObjectiveValue& objective = objective_of(point);
  return is_causal_model(objective.is("checkpoint") ? objective.model : sweep.model);
}

void refuse_template(const Sweep& sweep, const GridPoint& point) {
  const AxisValue& tmpl = *point[kTemplate];
  if (tmpl.as<TemplateValue>().conversation) return;
  fail_at_value(sweep, tmpl,
                fmt::format("adaptation \"{}\" needs a template that tells instruction and output "
                            "apart, and \"{}\" does not; name chat_plain or another chat_NAME, or "
                            "exclude the two from each other with [[exclude]]",
                            point[kAdaptation]->label, tmpl.label));
}

// A network that reads one row has its instruction in the target, where a tuning of the source's
// positions does nothing.
void refuse_tuning(const Sweep& sweep, const GridPoint& point, const std::string& split) {
  const AxisValue& tuning = *point[kTuning];
  const auto& value = tuning.as<TuningValue>();
  const std::string& adaptation = point[kAdaptation]->label;
  if (value.classifies) {
    fail_at_value(sweep, tuning,
                  fmt::format("tuning \"{}\" reads a label off the encoder, and adaptation \"{}\" "
                              "trains the decoder; exclude the two from each other with "
                              "[[exclude]]",
                              tuning.label, adaptation));
  }
  const bool of_positions = value.choice.parameters.contains("max_source_length");
  if (of_positions && split != "random_prefix" && is_causal_start(sweep, point)) {
    fail_at_value(sweep, tuning,
                  fmt::format("tuning \"{}\" changes the positions of a source, and under "
                              "adaptation \"{}\" the rows of a decoder-only model have their text "
                              "in the target; give the adaptation split = \"random_prefix\"",
                              tuning.label, adaptation));
  }
}

void refuse_without_encoder(const Sweep& sweep, const GridPoint& point, const std::string& split) {
  if ((split != "denoised_instruction" && split != "encoder_head") ||
      !is_causal_start(sweep, point))
    return;
  fail_at_value(sweep, *point[kAdaptation],
                fmt::format("split = \"{}\" of adaptation \"{}\" needs an encoder, "
                            "and start \"{}\" is decoder-only; give \"whole\" or \"random_prefix\"",
                            split, point[kAdaptation]->label, point[kObjective]->label));
}

void refuse_few_sentinels(JobGraph& graph, const GridPoint& point, const std::string& split) {
  if (split != "denoised_instruction" && split != "encoder_head") return;
  const int64_t tokens = point[kTuning]->as<TuningValue>().tune.max_source_length;
  const int64_t needed = split == "encoder_head" ? 1 : graph.data().sentinels_to_denoise(tokens);
  const int64_t found = graph.data().num_sentinels(*point[kObjective]);
  if (needed <= found) return;
  fail_at_value(graph.sweep(), *point[kAdaptation],
                fmt::format("split = \"{}\" of adaptation \"{}\" may need {} sentinels for an "
                            "instruction of {} tokens (max_source_length), and the vocabulary of "
                            "\"{}\" has {}; raise sentinels of [text] vocabulary, shorten "
                            "max_source_length, or give another split",
                            split, point[kAdaptation]->label, needed, tokens,
                            point[kObjective]->label, found));
}

// Of each number of steps that is given, at least one remains.
StepSettings share_of(StepSettings steps, double share) {
  steps.epochs *= share;
  for (int64_t* count : {&steps.fixed, &steps.at_least, &steps.at_most}) {
    if (*count > 0)
      *count = std::max<int64_t>(1, std::llround(share * static_cast<double>(*count)));
  }
  return steps;
}

}  // namespace

void model_instructions(JobGraph& graph, const GridPoint& point, TuneJob& cell) {
  if (!is_adapted(point)) return;
  const AdaptSettings& adapt = point[kAdaptation]->as<AdaptSettings>();
  if (adapt.name != "instruction_modelling") return;
  const std::string split = adapt.parameters.at("instruction_weight") == 0
                                ? "random_prefix"  // rows as those of any other cell
                                : adapt.parameters.at("split").get<std::string>();
  refuse_template(graph.sweep(), point);
  refuse_tuning(graph.sweep(), point, split);
  refuse_without_encoder(graph.sweep(), point, split);
  refuse_few_sentinels(graph, point, split);
  cell.instruction_modelling = adapt.parameters;
  cell.tune.steps = share_of(cell.tune.steps, adapt.parameters.at("steps_share"));
}

// In the rows that are split, half of the source is target, on average.
RowLengths trained_lengths(const TuneJob& cell, const RowLengths& tested) {
  if (!cell.instruction_modelling || cell.instruction_modelling->at("instruction_weight") == 0 ||
      cell.instruction_modelling->at("split") == "encoder_head")
    return tested;
  const double share = cell.instruction_modelling->at("split_share");
  const double moved = tested.source * share / 2;
  return {.source = tested.source - moved, .target = tested.target + moved};
}

}  // namespace dovetail
