// SPDX-License-Identifier: Apache-2.0
// Cards of kind "kg-tsv": heads, relations and tails in columns, without quoting.
#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "cards/card.h"
#include "examples/verbalizer.h"

namespace dovetail {

namespace {

struct KgColumns {
  bool header = false;
  std::string delimiter = "\t";
  Column head = int64_t{1}, relation_column = int64_t{2}, tail = int64_t{3};
  // With " @@ " the first column is "HEAD @@ RELATION" and the second the tail, as in the few-shot
  // splits of Da et al. 2021. Rows of three columns are still read by `columns`.
  std::string head_separator;
  std::string relation;  // "": the file has none; "*": a task of all relations
};

struct Wording {
  std::string prefix, phrase;  // phrase "": from the verbalizer
  std::optional<Verbalizer> verbalizer;

  std::string prefix_of(const std::string& relation) const {
    return prefix.empty() ? relation : prefix;
  }
  std::string phrase_of(const std::string& relation) const {
    return verbalizer ? verbalizer->phrase(relation) : phrase;
  }
  // What is wrong with the relation, and what to do; "" if it has a phrase.
  std::string mistake(const std::string& relation) const {
    if (!verbalizer || verbalizer->phrases.contains(relation)) return "";
    std::vector<std::string> known;
    for (const auto& [name, said] : verbalizer->phrases) known.push_back(name);
    const std::string nearest = nearest_name(relation, known);
    return fmt::format("the verbalizer {} has no phrase for relation \"{}\": {}", verbalizer->name,
                       relation,
                       nearest.empty() ? "correct the row, or give the relation a phrase"
                                       : fmt::format("did you mean \"{}\"?", nearest));
  }
};

std::vector<std::string_view> cut(std::string_view line, std::string_view delimiter) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t end = line.find(delimiter);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + delimiter.size());
  }
}

class KgReader {
 public:
  KgReader(const KgColumns& columns, const Wording& wording, ExampleImporter& sink)
      : columns_(columns), wording_(wording), sink_(sink) {}

  void read(std::string_view bytes) {
    if (!columns_.header) find_columns({});
    sink_.set_lines(for_each_line(bytes, [&](int64_t number, std::string_view line) {
      if (columns_.header && number == 1) {
        find_columns(cut(line, columns_.delimiter));
      } else if (sink_.begin(number, line)) {
        take(cut(line, columns_.delimiter));
      }
    }));
  }

 private:
  void find_columns(const std::vector<std::string_view>& header) {
    head_ = position(columns_.head, header);
    tail_ = position(columns_.tail, header);
    if (!columns_.relation.empty()) relation_ = position(columns_.relation_column, header);
    width_ = 1 + std::max({head_, tail_, columns_.relation.empty() ? 0 : relation_});
  }

  size_t position(const Column& column, const std::vector<std::string_view>& header) const {
    if (const int64_t* number = std::get_if<int64_t>(&column)) return *number - 1;
    const std::string& wanted = std::get<std::string>(column);
    std::vector<std::string> known;
    for (const std::string_view name : header) known.push_back(collapse_whitespace(name));
    const auto found = std::find(known.begin(), known.end(), wanted);
    if (found == known.end()) {
      throw_<DataError>("{}:1: the header has no column \"{}\": {}", sink_.file(), wanted,
                        did_you_mean(wanted, known));
    }
    return found - known.begin();
  }

  void take(const std::vector<std::string_view>& fields) {
    if (!columns_.head_separator.empty() && fields.size() == 2) {
      const size_t at = fields[0].rfind(columns_.head_separator);
      if (at == std::string_view::npos) {
        return sink_.bad("missing_columns", fmt::format("the first column has no \"{}\" in it",
                                                        columns_.head_separator));
      }
      return add(fields[0].substr(0, at), fields[0].substr(at + columns_.head_separator.size()),
                 fields[1]);
    }
    if (fields.size() < width_) {
      return sink_.bad(
          "missing_columns",
          fmt::format("expected at least {} columns, found {}: correct the row, or the "
                      "card's delimiter and columns",
                      width_, fields.size()));
    }
    add(fields[head_], columns_.relation.empty() ? "" : fields[relation_], fields[tail_]);
  }

  void add(std::string_view head, std::string_view of, std::string_view tail) {
    const std::string relation = collapse_whitespace(of);
    if (columns_.relation != "*" && relation != columns_.relation) {
      return sink_.leave_out("other_relations");
    }
    Draft draft{.source = collapse_whitespace(head), .targets = {std::string(tail)}};
    if (columns_.relation == "*" && !draft.source.empty()) {
      if (relation.empty() || relation.find(kRelationEnd) != std::string::npos) {
        return sink_.bad(
            "missing_columns",
            fmt::format("\"{}\" cannot be a relation's name: check columns in the card", relation));
      }
      const std::string mistake = wording_.mistake(relation);
      if (!mistake.empty()) return sink_.bad("unknown_relations", mistake);
      draft.source = fmt::format("{}{}{}", relation, kRelationEnd, draft.source);
    }
    sink_.add(std::move(draft));
  }

  const KgColumns& columns_;
  const Wording& wording_;
  ExampleImporter& sink_;
  size_t head_ = 0, relation_ = 0, tail_ = 0, width_ = 0;
};

KgColumns read_kg_columns(const StrictToml& toml) {
  KgColumns columns;
  columns.header = toml.flag("header", false);
  columns.delimiter = toml.text("delimiter", "\t");
  if (columns.delimiter.empty()) toml.fail("delimiter", "delimiter must not be empty");
  columns.head_separator = toml.text("head_separator", "");
  columns.relation = toml.text("relation", "");
  columns.head = read_column(toml, "columns.head", int64_t{1}, columns.header);
  columns.relation_column = read_column(toml, "columns.relation", int64_t{2}, columns.header);
  // a file without relations has two columns
  columns.tail =
      read_column(toml, "columns.tail", int64_t{columns.relation.empty() ? 2 : 3}, columns.header);
  if (columns.relation.empty() && (toml.has("columns.relation") || toml.has("head_separator"))) {
    toml.fail(toml.has("columns.relation") ? "columns.relation" : "head_separator",
              "a column of relations needs relation = \"NAME\", or relation = \"*\" for all");
  }
  return columns;
}

void take_relation(const StrictToml& toml, const CardName& asked, KgColumns& columns, Card& card) {
  if (asked.relation.empty()) return;
  if (columns.relation != "*") {
    toml.fail("relation", fmt::format("{}#{} asks for one relation of a card, which then needs "
                                      "relation = \"*\"",
                                      asked.file, asked.relation));
  }
  columns.relation = asked.relation;
  card.name += "/" + asked.relation;
}

Wording read_wording(const StrictToml& toml, const std::string& relation, const Card& card) {
  Wording wording{.prefix = card.prefix, .phrase = card.phrase};
  if (card.phrase.empty() == !toml.has("verbalizer")) {
    toml.fail(toml.has("verbalizer") ? "verbalizer" : "phrase",
              "the Prompting templates need either a phrase or a verbalizer (with a phrase for "
              "each relation)");
  }
  if (!toml.has("verbalizer")) return wording;
  if (relation.empty()) toml.fail("verbalizer", "a verbalizer needs relations; give a phrase");
  try {
    wording.verbalizer = load_verbalizer(toml.text("verbalizer"), toml.file().parent_path());
    if (relation != "*") wording.verbalizer->phrase(relation);
  } catch (const ConfigError& error) {
    toml.fail("verbalizer", error.what());
  }
  return wording;
}

void name_relations(const std::string& relation, const Wording& wording, TaskData& data) {
  if (relation != "*") {
    data.relation = relation;
    data.prefix = wording.prefix_of(relation);
    data.phrase = wording.phrase_of(relation);
    return;
  }
  for (const auto* side : {&data.train, &data.validation, &data.test}) {
    for (const Example& example : *side) {
      const std::string name = example.source.substr(0, example.source.find(kRelationEnd));
      const auto [found, is_new] = data.relations.try_emplace(name);
      if (is_new) found->second = {wording.prefix_of(name), wording.phrase_of(name)};
    }
  }
}

// The head without its relation, so that all its examples go to the same side of a test_fraction.
std::string bare_head(const KgColumns& columns, const Example& example) {
  if (columns.relation != "*") return example.source;
  return example.source.substr(example.source.find(kRelationEnd) + kRelationEnd.size());
}

Importer make_kg_importer(const StrictToml& toml, const CardName& asked, Card& card) {
  KgColumns columns = read_kg_columns(toml);
  take_relation(toml, asked, columns, card);
  const Wording wording = read_wording(toml, columns.relation, card);
  const std::map<std::string, std::string> phrases =
      wording.verbalizer ? wording.verbalizer->phrases : std::map<std::string, std::string>{};
  return {.rules = {.layout = Layout::relation, .drop_targets = toml.texts("drop_tails")},
          .read =
              [columns, wording](const Card::Split& split, ExampleImporter& sink) {
                const MappedFile mapped(split.rows);
                KgReader(columns, wording, sink).read(mapped.bytes());
              },
          .describe = [columns, wording](
                          TaskData& data) { name_relations(columns.relation, wording, data); },
          .split_key = [columns](const Example& example) { return bare_head(columns, example); },
          .settings = {{"header", columns.header},
                       {"delimiter", columns.delimiter},
                       {"head", to_string(columns.head)},
                       {"relation_column", to_string(columns.relation_column)},
                       {"tail", to_string(columns.tail)},
                       {"head_separator", columns.head_separator},
                       {"relation", columns.relation},
                       {"phrases", phrases}}};
}

}  // namespace

CardKind kg_tsv() {
  return {.name = "kg-tsv",
          .description = "tails",
          .task_kind = "phrasal",
          .keys = {"header", "delimiter", "columns.head", "columns.tail", "columns.relation",
                   "head_separator", "relation", "verbalizer", "drop_tails"},
          .make = make_kg_importer};
}

}  // namespace dovetail
