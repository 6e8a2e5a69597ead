// SPDX-License-Identifier: Apache-2.0
#include "sweep/axes.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/adaptation.h"
#include "sweep/axis_value.h"
#include "sweep/card_name.h"
#include "sweep/sections.h"

namespace dovetail {

namespace {

AxisValue read_adaptation_value(const toml::node& node, const Sweep& sweep,
                                const Catalogues& catalogues) {
  const AdaptSettings adapt = read_adaptation(node, sweep, catalogues.optimizers);
  AxisValue value = value_at(node, own_label(node, adapt.name), adapt);
  // random text and random cuts are controls: they match nothing
  const bool is_control = adapt.sentences == "random" || adapt.split == "random";
  if (!is_control) value.traits.fills = adapt.name == "denoising" ? 1 : adapt.name == "lm" ? -1 : 0;
  return value;
}

AxisValue read_tuning(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues) {
  const CatalogueEntry& entry = entry_of(name_node(node, "tuning"), "tuning", catalogues.tunings);
  TuneSettings tune = sweep.tune;
  const ChoiceSettings choice = read_choice(
      node, entry, "tuning", kTuneOverrides,
      [&](const TomlTable& table) { override_tune(table, tune, catalogues.optimizers); });
  check_choice(node, entry, choice);
  Json settings = choice;
  settings["tune"] = tune;
  settings["soft_tokens"] = entry.soft_tokens;
  return value_at(node, own_label(node, entry.name), settings);
}

AxisValue read_task(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues) {
  const toml::node& name = name_node(node, "task");
  if (node.is_table()) TomlTable(node, "a task", {"name", "label"});
  const std::string given = text(name, "task");
  if (!names_card(given)) {
    entry_of(name, "task", catalogues.tasks);
    return value_at(node, own_label(node, dotted(given)), {{"name", given}});
  }
  const std::string label = own_label(node, card_label(given));
  return value_at(
      node, label,
      {{"name", label}, {"card", card_location(name, sweep.file, names_of(catalogues.tasks))}});
}

// Of the catalogue, or a dash-joined list of parts that stands for itself.
CatalogueEntry template_entry(const toml::node& name, const Catalogues& catalogues) {
  const std::string given = text(name, "template");
  const bool is_list = given.find('-') != std::string::npos && catalogues.other_template;
  if (!is_list) return entry_of(name, "template", catalogues.templates);
  try {
    return catalogues.other_template(given);
  } catch (const ConfigError& error) {
    fail_at(name.source(), error.what());
  }
}

AxisValue read_template(const toml::node& node, const Sweep&, const Catalogues& catalogues) {
  const CatalogueEntry entry = template_entry(name_node(node, "template"), catalogues);
  const ChoiceSettings choice = read_choice(node, entry, "template", {}, [](const TomlTable&) {});
  check_choice(node, entry, choice);
  Json settings = choice;
  settings["soft_tokens"] = entry.soft_tokens;
  AxisValue value = value_at(node, own_label(node, entry.name), settings);
  value.traits = entry.traits;
  return value;
}

AxisValue read_train_size(const toml::node& node, const Sweep&, const Catalogues&) {
  TrainSizeSettings size;
  std::string label = "all";
  if (node.is_string()) {
    known_name(node, "train_size", {"all"});
  } else if (node.is_integer()) {
    size.heads = whole_number(node, "train_size", kOneOrMore);
  } else if (!node.is_table()) {
    fail_at(node.source(),
            "a train_size must be \"all\", a number of heads, { heads = 30, tails = "
            "3 }, { per_class = 16 } or { fraction = 0.1 }, not " +
                kind_of(node));
  } else {
    const TomlTable table(node, "train_size", {"heads", "tails", "fraction", "per_class", "label"});
    table.at(table.find("fraction") ? "fraction" : table.find("per_class") ? "per_class" : "heads");
    table.read("heads", size.heads, kOneOrMore);
    table.read("tails", size.tails, kOneOrMore);
    table.read("fraction", size.fraction, kShare);
    table.read("per_class", size.per_class, kOneOrMore);
    const int kinds = (size.fraction > 0) + (size.per_class > 0) + (size.heads || size.tails);
    if (kinds > 1) {
      fail_at(node.source(),
              "a train_size is either a fraction, so many per_class, or heads with their tails");
    }
  }
  if (size.heads) label = fmt::format("heads{}", size.heads);
  if (size.tails) label += fmt::format("x{}", size.tails);
  if (size.per_class) label = fmt::format("per_class{}", size.per_class);
  if (size.fraction) label = fmt::format("fraction{}", size.fraction);
  return value_at(node, own_label(node, label), size);
}

AxisValue read_seed(const toml::node& node, const Sweep&, const Catalogues&) {
  const int64_t seed = whole_number(node, "seed", kZeroOrMore);
  return value_at(node, fmt::format("{}", seed), seed);
}

using Reader = AxisValue (*)(const toml::node&, const Sweep&, const Catalogues&);

Reader reader_of(const std::string& axis) {
  static const std::map<std::string, Reader> readers = {{"objective", read_objective},
                                                        {"adaptation", read_adaptation_value},
                                                        {"task", read_task},
                                                        {"template", read_template},
                                                        {"tuning", read_tuning},
                                                        {"train_size", read_train_size},
                                                        {"seed", read_seed}};
  return readers.at(axis);
}

// A label or glob of an exclusion; the numbers of seed and train_size may stand bare.
std::string pattern_of(const toml::node& node, const std::string& axis) {
  if (!node.is_integer()) return text(node, axis + " of [[exclude]]");
  const int64_t number = whole_number(node, axis + " of [[exclude]]", kZeroOrMore);
  return fmt::format("{}{}", axis == "train_size" ? "heads" : "", number);
}

void add_matches(const toml::node& node, const std::string& axis,
                 const std::vector<AxisValue>& values, std::vector<std::string>& matches) {
  // a task may be excluded by its slash name too
  const std::string pattern =
      axis == "task" ? dotted(pattern_of(node, axis)) : pattern_of(node, axis);
  std::vector<std::string> labels;
  bool any = false;
  for (const AxisValue& value : values) {
    labels.push_back(value.label);
    if (!glob_matches(pattern, value.label)) continue;
    any = true;
    if (std::find(matches.begin(), matches.end(), value.label) == matches.end()) {
      matches.push_back(value.label);
    }
  }
  if (any) return;
  fail_at(node.source(), fmt::format("the exclusion's {} \"{}\" matches no value of that axis; {}",
                                     axis, pattern, did_you_mean(pattern, labels)));
}

}  // namespace

void check_label(const std::string& label, const toml::source_region& place) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) || std::string_view("._+=-").find(c) != std::string_view::npos;
  };
  if (!label.empty() && std::all_of(label.begin(), label.end(), allowed)) return;
  fail_at(place, fmt::format("\"{}\" cannot be used in names; use letters, digits and . _ + = - "
                             "only (a value of an axis can be given a label = \"...\")",
                             label));
}

std::vector<AxisValue> read_axis(const toml::node& node, const std::string& axis,
                                 const Sweep& sweep, const Catalogues& catalogues) {
  std::vector<AxisValue> values;
  for (const toml::node& element : list(node, fmt::format("axis \"{}\"", axis))) {
    AxisValue value = reader_of(axis)(element, sweep, catalogues);
    check_label(value.label, element.source());
    for (const AxisValue& other : values) {
      if (other.label != value.label) continue;
      fail_at(element.source(),
              fmt::format("two values of the axis {} are called \"{}\" (the other is in line {}); "
                          "give one of them a label = \"...\" of its own",
                          axis, value.label, other.line));
    }
    values.push_back(std::move(value));
  }
  return values;
}

Sweep::Exclusion read_exclusion(const toml::node& node, const Sweep& sweep) {
  std::vector<std::string> axes;
  for (const char* axis : kAxes) {
    if (sweep.axes.contains(axis)) axes.push_back(axis);
  }
  const TomlTable table(node, "[[exclude]]", axes);
  Sweep::Exclusion exclusion;
  exclusion.line = static_cast<int>(table.place().begin.line);
  for (const std::string& axis : axes) {
    const toml::node* given = table.find(axis);
    if (!given) continue;
    std::vector<std::string>& matches = exclusion.matches[axis];
    const std::vector<AxisValue>& values = sweep.axes.at(axis);
    if (!given->is_array()) {
      add_matches(*given, axis, values, matches);
      continue;
    }
    for (const toml::node& element : list(*given, axis + " of [[exclude]]")) {
      add_matches(element, axis, values, matches);
    }
  }
  if (exclusion.matches.empty()) {
    fail_at(table.place(), "an [[exclude]] without any line would leave out every cell");
  }
  return exclusion;
}

}  // namespace dovetail
