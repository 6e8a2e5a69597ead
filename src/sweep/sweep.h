// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/networks.h"
#include "plan/axis.h"
#include "plan/claim.h"
#include "plan/metric_traits.h"
#include "plan/settings.h"
#include "sweep/axis_value.h"

namespace dovetail {

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
  int64_t pretrain_replicates = 1;      // runs for each objective that does not say otherwise
  AdaptSettings adapt;                  // [adapt]: what the values of the axis adaptation override
  std::vector<std::string> adapt_text;  // files, one sentence a line
  std::string adapt_graph;          // a card of triples that splitter and classifier are trained on
  std::string adapt_pool = "card";  // where pools come from: PoolSource::from
  std::string adapt_pool_file;      // of a pool from a file
  std::string adapt_long_labels = "normalize";  // PoolLabelling::long_labels
  TuneSettings tune;
  EvaluateSettings evaluate;
  // [evaluate] of cells, beside their test: the loss of held-out text, and of the outputs of other
  // tasks, by label.
  bool text_loss = false;
  std::vector<std::string> transfer;
  MetricTraitsMap metric_traits;  // of the measured metrics, by name
  SelectSettings select;
  std::vector<std::string> baselines;                  // names of plan/baselines.h
  bool baselines_by_task = false;                      // named by none: those that suit each task
  bool pretrain_only = false;                          // no tasks: the sweep produces checkpoints
  std::map<std::string, std::vector<AxisValue>> axes;  // by the names in kAxes
  struct Exclusion {
    std::map<std::string, std::vector<std::string>> matches;  // axis -> labels
    int line = 0;
  };
  std::vector<Exclusion> exclusions;
  std::vector<Claim> claims;  // the report judges them; they decide no result
  // CatalogueEntry::source by "objective", "tuning" and "optimizer", then name.
  std::map<std::string, std::map<std::string, std::string>> sources = {};
};

// A name that a sweep may use, with its parameters and their defaults. A given parameter must have
// the type of its default; a whole number is accepted where the default has a fraction.
struct CatalogueEntry {
  std::string name;
  Json defaults = Json::object();
  // Throws ConfigError for parameters out of range; may be empty.
  std::function<void(const Json& parameters)> check;
  // A template: it contains soft tokens. A tuning: it trains some. The first needs the second.
  bool soft_tokens = false;
  std::string in_words = {};  // of a template: the one that prints words in place of them
  bool classifies = false;    // of a tuning: it chooses among a task's labels
  bool has_folder = true;     // of a tuning: a folder can hold what it trains
  bool conversation = false;  // of a template: it writes conversations
  // A tuning: whether it leaves the model's weights as they are; may be empty.
  std::function<bool(const Json& parameters)> keeps_weights = {};
  AxisTraits traits = {};
  Networks networks = Networks::both;  // of an objective: which learn from it
  std::string source = {};             // a paper: "Raffel et al. 2020, sec. 3.3.4"
};
using Entries = std::vector<CatalogueEntry>;

struct MetricEntry {
  std::string name;
  MetricTraits traits = {};
  bool needs_samples = false;  // scores several answers to one example
};

// The names that a sweep file may use; the caller hands them in, so that this room knows no other.
struct Catalogues {
  Entries objectives;  // beside these, { checkpoint = FOLDER, label = ... }
  Entries tasks;       // beside these, data set cards (FILE.toml)
  Entries templates;
  // A template that is not in the list, by its dash-joined parts; throws ConfigError. May be empty.
  std::function<CatalogueEntry(const std::string& name)> other_template;
  Entries tunings;
  Entries optimizers;
  std::vector<MetricEntry> metrics;
  Entries decodings;
  Entries corpora;  // beside these, text files
  std::vector<std::string> baselines;
  std::map<std::string, Json> model_shapes;  // name -> config.json keys
};

template <typename Entry>
std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

// Reads and checks a sweep file. Throws ConfigError "FILE:LINE:COLUMN: ..." for anything that is
// unknown, of the wrong type or out of range, with the nearest known name. Paths in the file are
// relative to the file's folder, or else to the working directory.
Sweep parse_sweep(const std::filesystem::path& file, const Catalogues& catalogues);

}  // namespace dovetail
