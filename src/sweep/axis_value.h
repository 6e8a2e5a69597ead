// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/axis.h"
#include "plan/settings.h"

namespace dovetail {

// A start without adaptation: an objective to pre-train with, random weights, or a checkpoint.
struct ObjectiveValue {
  ChoiceSettings choice;        // of the catalogue; or "none", or "checkpoint"
  PretrainSettings pretrain;    // [pretrain] with this value's overrides
  std::string pairs_path;       // of the objective "supervised": its file or folder
  std::string folder;           // of a checkpoint, absolute
  Json model;                   // of a checkpoint: config.json keys
  std::string pretrained_with;  // of a checkpoint: its objective; "" if the sweep does not name it
  // Runs of pre-training (of a checkpoint: of its adaptations), which the seeds take in turn.
  int64_t replicates = 1;
  int64_t replicate = 0;  // the one that a cell starts from
  // Of a start that is pre-trained in stages: those before this one, each under its own label.
  std::vector<ObjectiveValue> stages_before = {};
  std::string stage_label = {};

  bool is(const char* name) const { return choice.name == name; }
};

struct TaskValue {
  std::string name;
  std::string card;  // of a data set card: its location; else ""

  // The card or the name in the catalogue: what DataInspector takes.
  const std::string& source() const { return card.empty() ? name : card; }
};

struct TemplateValue {
  ChoiceSettings choice;
  bool soft_tokens = false;   // the template contains some
  bool conversation = false;  // it writes a conversation, with a chat template
  // The template that prints words in place of the soft tokens; "": none.
  std::string in_words = {};
};

struct TuningValue {
  ChoiceSettings choice;
  TuneSettings tune;           // [tune] with this value's overrides
  bool soft_tokens = false;    // the tuning trains some
  bool keeps_weights = false;  // the model's; it trains tensors of its own
  bool classifies = false;     // it chooses among a task's labels
};

struct SeedValue {
  uint64_t seed = 1;
  SeedParts parts = {};
  // Of the cards that have published splits: the one of this seed, in place of the card's own.
  std::optional<int64_t> split = {};
};

// The meaning of a value, by axis: objective, adaptation, task, template, tuning, train_size, seed.
using AxisSettings = std::variant<std::monostate, ObjectiveValue, AdaptSettings, TaskValue,
                                  TemplateValue, TuningValue, TrainSizeSettings, SeedValue>;

// One value on an axis. The label is unique on the axis; cell names, HDF5 and the report use it.
struct AxisValue {
  std::string label;  // letters, digits and . _ + = -
  AxisSettings settings;
  int line = 0;  // in the sweep file; 0: the value is not from a file
  int column = 0;
  AxisTraits traits = {};

  template <typename Settings>
  const Settings& as() const {
    return std::get<Settings>(settings);
  }
};

}  // namespace dovetail
