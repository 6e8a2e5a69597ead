// SPDX-License-Identifier: Apache-2.0
#include "sweep/axes.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/adapt_section.h"
#include "sweep/axis_choice.h"
#include "sweep/card_name.h"
#include "sweep/label_patterns.h"
#include "sweep/objective_axis.h"
#include "sweep/tune_section.h"

namespace dovetail {

namespace {

AxisValue read_adaptation_value(const toml::node& node, const Sweep& sweep,
                                const Catalogues& catalogues) {
  const AdaptSettings adapt = read_adaptation(node, sweep, catalogues.optimizers);
  AxisValue value = value_at(node, own_label(node, adapt.name), adapt);
  // random sentences and random splits are controls, which match no kind of task
  if (!needs_sentences(adapt) || adapt.sentences == "random" || adapt.split == "random")
    return value;
  if (adapt.name == "denoising") value.traits.answer_style = AnswerStyle::infill;
  if (adapt.name == "lm") value.traits.answer_style = AnswerStyle::continuation;
  return value;
}

AxisValue read_tuning(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues) {
  const CatalogueEntry& entry = entry_of(name_node(node, "tuning"), "tuning", catalogues.tunings);
  TuningValue tuning{
      .tune = sweep.tune, .soft_tokens = entry.soft_tokens, .classifies = entry.classifies};
  tuning.choice = read_choice(node, entry, "tuning", kTuneOverrides, [&](const TomlTable& table) {
    override_tune(table, tuning.tune, catalogues.optimizers);
  });
  check_choice(node, entry, tuning.choice);
  if (tuning.tune.keep_model && !entry.has_folder) {
    fail_at(node.source(),
            fmt::format("keep_model = true, and no folder can hold what tuning \"{}\" trains, a "
                        "model and its soft tokens: leave it out, or give this tuning keep_model = "
                        "false",
                        entry.name));
  }
  tuning.keeps_weights = entry.keeps_weights && entry.keeps_weights(tuning.choice.parameters);
  return value_at(node, own_label(node, entry.name), std::move(tuning));
}

// The location that find_task takes: absolute if the card is beside the sweep file or in the
// working directory; as given if it is one of the project's.
std::string card_location(const toml::node& name, const std::filesystem::path& sweep_file,
                          const std::vector<std::string>& known) {
  const std::string given = text(name, "task");
  const std::string card = given.substr(0, given.find('#'));
  const std::filesystem::path here = find_path(card, sweep_file);
  if (std::filesystem::is_regular_file(here)) return here.string() + given.substr(card.size());
  if (std::find(known.begin(), known.end(), card) != known.end()) return given;
  const std::string hint = path_hint(card, sweep_file);
  fail_at(name.source(),
          fmt::format("no data set card \"{}\", neither beside the sweep file nor in "
                      "the working directory, nor of the project{}",
                      card, hint.empty() ? ": " + did_you_mean(card, known) : hint));
}

// A card is a file: its name without ".toml" is the name of no task.
void refuse_card_without_ending(const toml::node& name, const Sweep& sweep, const Entries& tasks) {
  const std::string given = text(name, "task"), card = given + ".toml";
  const std::vector<std::string> known = names_of(tasks);
  if (std::ranges::find(known, given) != known.end()) return;
  if (!std::filesystem::is_regular_file(find_path(card, sweep.file))) return;
  fail_at(name.source(), fmt::format("unknown task \"{}\"; the card beside it is named with its "
                                     "ending: \"{}\"",
                                     given, card));
}

AxisValue read_task(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues) {
  const toml::node& name = name_node(node, "task");
  if (node.is_table()) TomlTable(node, "a task", {"name", "label"});
  const std::string given = text(name, "task");
  if (!names_card(given)) {
    refuse_card_without_ending(name, sweep, catalogues.tasks);
    entry_of(name, "task", catalogues.tasks);
    return value_at(node, own_label(node, dotted(given)), TaskValue{.name = given});
  }
  const std::string label = own_label(node, card_label(given));
  const TaskValue task{label, card_location(name, sweep.file, names_of(catalogues.tasks))};
  return value_at(node, label, task);
}

// An entry of the catalogue, or the template that a dash-joined list of parts makes.
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
  AxisValue value =
      value_at(node, own_label(node, entry.name),
               TemplateValue{choice, entry.soft_tokens, entry.conversation, entry.in_words});
  value.traits = entry.traits;
  return value;
}

TrainSizeSettings read_size_table(const toml::node& node) {
  TrainSizeSettings size;
  const TomlTable table(node, "train_size",
                        {"examples", "references", "fraction", "per_class", "label"});
  table.at(table.find("fraction")    ? "fraction"
           : table.find("per_class") ? "per_class"
                                     : "examples");
  table.read("examples", size.examples, kOneOrMore);
  table.read("references", size.references, kOneOrMore);
  table.read("fraction", size.fraction, kShare);
  table.read("per_class", size.per_class, kOneOrMore);
  const int kinds = (size.fraction > 0) + (size.per_class > 0) + (size.examples || size.references);
  if (kinds > 1) {
    fail_at(node.source(),
            "a train_size is either a fraction, or per_class, or examples with their references");
  }
  return size;
}

std::string size_label(const TrainSizeSettings& size) {
  if (size.fraction) return fmt::format("fraction{}", size.fraction);
  if (size.per_class) return fmt::format("per_class{}", size.per_class);
  if (!size.examples) return "all";
  const std::string label = fmt::format("examples{}", size.examples);
  return size.references ? fmt::format("{}x{}", label, size.references) : label;
}

AxisValue read_train_size(const toml::node& node, const Sweep&, const Catalogues&) {
  TrainSizeSettings size;
  if (node.is_string()) {
    known_name(node, "train_size", {"all"});
  } else if (node.is_integer()) {
    size.examples = whole_number(node, "train_size", kOneOrMore);
  } else if (node.is_table()) {
    size = read_size_table(node);
  } else {
    fail_at(node.source(),
            "a train_size must be \"all\", a number of examples, { examples = 30, references = 3 "
            "}, { per_class = 16 } or { fraction = 0.1 }, not " +
                kind_of(node));
  }
  return value_at(node, own_label(node, size_label(size)), size);
}

// A whole number, or a table of one and of the seeds of single parts.
AxisValue read_seed(const toml::node& node, const Sweep&, const Catalogues&) {
  SeedValue value;
  if (!node.is_table()) {
    value.seed = static_cast<uint64_t>(whole_number(node, "seed", kZeroOrMore));
    return value_at(node, fmt::format("{}", value.seed), value);
  }
  const TomlTable table(node, "a seed",
                        {"seed", "subset", "order", "initialization", "dropout", "split", "label"});
  value.seed = static_cast<uint64_t>(whole_number(table.at("seed"), "seed", kZeroOrMore));
  std::string label = fmt::format("{}", value.seed);
  const auto read_part = [&](const char* name, std::optional<uint64_t>& part) {
    const toml::node* given = table.find(name);
    if (!given) return;
    part = static_cast<uint64_t>(whole_number(*given, name, kZeroOrMore));
    label += fmt::format("-{}{}", name, *part);
  };
  read_part("subset", value.parts.subset);
  read_part("order", value.parts.order);
  read_part("initialization", value.parts.initialization);
  read_part("dropout", value.parts.dropout);
  std::optional<uint64_t> split;
  read_part("split", split);
  if (split) value.split = static_cast<int64_t>(*split);
  return value_at(node, own_label(node, label), value);
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
  constexpr PatternPlace kExclusion = {"[[exclude]]", "the exclusion"};
  const TomlTable table(node, kExclusion.table, axes);
  Sweep::Exclusion exclusion;
  exclusion.line = static_cast<int>(table.place().begin.line);
  for (const std::string& axis : axes) {
    const toml::node* given = table.find(axis);
    if (!given) continue;
    exclusion.matches[axis] = matching_labels(*given, axis, sweep.axes.at(axis), kExclusion);
  }
  if (exclusion.matches.empty()) {
    fail_at(table.place(), "an [[exclude]] without any line would leave out every cell");
  }
  return exclusion;
}

}  // namespace dovetail
