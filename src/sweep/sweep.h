// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plan/axis.h"
#include "plan/claim.h"
#include "plan/settings.h"

namespace dovetail {

// One value on an axis: its label (unique on the axis, used in cell names, HDF5 and report; no
// slash, no blank) and what it stands for.
struct AxisValue {
  std::string label;
  // objective: ChoiceSettings and "pretrain" (PretrainSettings, overrides applied), or for a
  //   checkpoint also "folder" (absolute) and "model" (config.json keys);
  // adaptation: AdaptSettings; tuning: ChoiceSettings and "tune" (TuneSettings, overrides
  //   applied); train_size: TrainSizeSettings;
  // task: {"name"} and of a data set card "card" (absolute); template: ChoiceSettings; seed: a
  // number; of template and tuning also "soft_tokens" (CatalogueEntry)
  Json settings;
  int line = 0;  // in the sweep file
  int column = 0;
  AxisTraits traits = {};
};

// A parsed sweep file, every default filled in.
struct Sweep {
  std::string name;
  std::filesystem::path file;
  std::string text;                 // as read, kept beside the results
  Json model;                       // config.json keys of the shape (d_model, num_layers, ...)
  std::vector<std::string> corpus;  // names or files of pre-training text
  VocabularySettings vocabulary;
  std::string vocabulary_file;  // of type "file"
  PretrainSettings pretrain;
  AdaptSettings adapt;                  // what the values of the axis adaptation begin as
  std::vector<std::string> adapt_text;  // files, one sentence a line
  std::string adapt_graph;  // a card of triples, for the learned splitter and classifier
  TuneSettings tune;
  EvaluateSettings evaluate;
  std::vector<std::string> falling_metrics;  // those measured of which less is better
  std::vector<std::string> set_metrics;      // those measured that are no mean over examples
  SelectSettings select;
  std::vector<std::string> baselines;  // most_frequent, copy, untuned
  bool pretrain_only = false;          // no tasks: the sweep's products are checkpoints
  std::map<std::string, std::vector<AxisValue>> axes;  // by the names in kAxes
  struct Exclusion {
    std::map<std::string, std::vector<std::string>> matches;  // axis -> labels
    int line = 0;
  };
  std::vector<Exclusion> exclusions;
  std::vector<Claim> claims;  // judged by the report; they decide no result
};

// A name that a sweep may use, with the parameters it takes and their defaults; a given
// parameter must have the type of its default (an integer is taken where a number is wanted).
struct CatalogueEntry {
  std::string name;
  Json defaults = Json::object();
  // Throws ConfigError for parameters out of range; may be empty.
  std::function<void(const Json& parameters)> check;
  // A template: whether it has soft tokens in it; a tuning: whether it trains some. The first goes
  // only with the second.
  bool soft_tokens = false;
  AxisTraits traits = {};
};

// What the sweep file may name; main hands it in, so that this room knows no other.
struct Catalogues {
  std::vector<CatalogueEntry> objectives;  // beside these, { checkpoint = FOLDER, label = ... }
  std::vector<CatalogueEntry> tasks;       // beside these, data set cards (FILE.toml)
  std::vector<CatalogueEntry> templates;
  // A template by a name that is not in the list: a dash-joined list of parts; throws ConfigError.
  // May be empty.
  std::function<CatalogueEntry(const std::string& name)> other_template;
  std::vector<CatalogueEntry> tunings;
  std::vector<CatalogueEntry> optimizers;
  std::vector<CatalogueEntry> metrics;
  std::vector<std::string> falling_metrics;  // of which less is better
  std::vector<std::string> set_metrics;      // which are no mean over examples
  std::vector<std::string> sample_metrics;   // which score several answers a head
  std::vector<CatalogueEntry> decodings;
  std::vector<CatalogueEntry> corpora;  // beside these, text files
  std::vector<std::string> baselines;
  std::map<std::string, Json> model_shapes;  // name -> config.json keys
};

// Reads and checks a sweep file. Throws ConfigError "FILE:LINE:COLUMN: ..." for anything that is
// unknown, of the wrong type or out of range, with the nearest known name. Relative paths in the
// file are relative to the file's folder, or else to the working directory.
Sweep parse_sweep(const std::filesystem::path& file, const Catalogues& catalogues);

}  // namespace dovetail
