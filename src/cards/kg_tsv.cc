// SPDX-License-Identifier: Apache-2.0
// Cards of kind "kg-tsv": heads, relations and tails in columns.
#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "cards/card.h"
#include "cards/row_formats.h"
#include "cards/watched_rows.h"
#include "examples/verbalizer.h"

namespace dovetail {

namespace {

struct KgColumns {
  RowFormat format;
  ReadColumns read;
  bool are_guessed = false;  // the card names no columns
  bool quotes_are_guessed = false;
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

class KgReader {
 public:
  KgReader(const KgColumns& columns, const Wording& wording, ExampleImporter& sink)
      : columns_(columns), wording_(wording), sink_(sink) {}

  void read(const std::filesystem::path& file) {
    read_watched_rows(file, columns_.format, columns_.read, sink_, [&](const Row& row) {
      if (width_ == 0) find_columns(row.context());
      take(row.cells());
    });
    if (columns_.quotes_are_guessed) {
      sink_.remark(sink_.file() +
                   ": texts in double quotes are read as CSV writes them; with "
                   "quotes = false they would keep their quotes");
    }
    if (has_relation_ || seen_.empty()) return;
    throw_<DataError>("{}: no row has the relation \"{}\": {}", sink_.file(), columns_.relation,
                      did_you_mean(columns_.relation, seen_));
  }

 private:
  void find_columns(const RowContext& context) {
    head_ = position_of(columns_.head, context);
    tail_ = position_of(columns_.tail, context);
    if (!columns_.relation.empty()) relation_ = position_of(columns_.relation_column, context);
    width_ = 1 + std::max({head_, tail_, columns_.relation.empty() ? 0 : relation_});
  }

  void take(const std::vector<std::string>& cells) {
    if (!columns_.head_separator.empty() && cells.size() == 2) return take_joined(cells);
    if (cells.size() < width_) {
      return sink_.bad(
          "missing_columns",
          fmt::format("expected at least {} columns, found {}: correct the row, or the "
                      "card's delimiter and columns",
                      width_, cells.size()));
    }
    if (cells.size() > 2 && columns_.are_guessed) {
      throw_<DataError>(
          "{}:{}: this row has {} columns, and the card says neither whether the second is a "
          "relation (relation = \"NAME\", or \"*\" for all) nor which are head and tail (columns = "
          "{{ head = 1, tail = 2 }})",
          sink_.file(), sink_.line(), cells.size());
    }
    add(cells[head_], columns_.relation.empty() ? "" : cells[relation_], cells[tail_]);
  }

  void take_joined(const std::vector<std::string>& cells) {
    const size_t at = cells[0].rfind(columns_.head_separator);
    if (at == std::string::npos) {
      return sink_.bad("missing_columns", fmt::format("the first column has no \"{}\" in it",
                                                      columns_.head_separator));
    }
    const std::string_view head = cells[0];
    add(head.substr(0, at), head.substr(at + columns_.head_separator.size()), cells[1]);
  }

  void note_relation(const std::string& relation) {
    constexpr size_t kListed = 100;  // for an error message
    if (seen_.size() < kListed && std::ranges::count(seen_, relation) == 0)
      seen_.push_back(relation);
  }

  void add(std::string_view head, std::string_view of, std::string_view tail) {
    const std::string relation = collapse_whitespace(of);
    if (columns_.relation != "*" && relation != columns_.relation) {
      note_relation(relation);
      return sink_.leave_out("other_relations");
    }
    if (columns_.relation != "*") has_relation_ = true;
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
  std::vector<std::string> seen_;  // other relations than the wanted one
  bool has_relation_ = false;
};

// Where commas or semicolons end the columns, texts with one in them stand in quotes.
RowFormat read_kg_format(const StrictToml& toml) {
  const std::string delimiter = toml.text("delimiter", "\t");
  RowFormat format{.delimiter = delimiter,
                   .header = toml.flag("header", false),
                   .encoding = toml.text("encoding", "")};
  if (delimiter.empty()) toml.fail("delimiter", "delimiter must not be empty");
  const bool quotes = toml.flag("quotes", delimiter == "," || delimiter == ";");
  format.text = quotes ? TextFormat::csv : TextFormat::tsv;
  return format;
}

KgColumns read_kg_columns(const StrictToml& toml) {
  KgColumns columns;
  columns.format = read_kg_format(toml);
  columns.quotes_are_guessed = columns.format.text == TextFormat::csv && !toml.has("quotes");
  columns.head_separator = toml.text("head_separator", "");
  columns.relation = toml.text("relation", "");
  columns.head = read_column(toml, "columns.head", int64_t{1}, columns.format.header);
  columns.relation_column =
      read_column(toml, "columns.relation", int64_t{2}, columns.format.header);
  // a file without relations has two columns
  columns.tail = read_column(toml, "columns.tail", int64_t{columns.relation.empty() ? 2 : 3},
                             columns.format.header);
  columns.are_guessed =
      columns.relation.empty() && !toml.has("columns.head") && !toml.has("columns.tail");
  columns.read = {{columns.head, columns.tail}, toml.texts("ignore")};
  if (!columns.relation.empty()) columns.read.columns.push_back(columns.relation_column);
  columns.read.add_strata(read_strata(toml, columns.format.header));
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
  if (!card.phrase.empty() && toml.has("verbalizer")) {
    toml.fail("verbalizer", "give a phrase, or a verbalizer (with a phrase for each relation)");
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
  nlohmann::json settings = {
      {"header", columns.format.header}, {"delimiter", columns.format.delimiter},
      {"head", to_string(columns.head)}, {"relation_column", to_string(columns.relation_column)},
      {"tail", to_string(columns.tail)}, {"head_separator", columns.head_separator},
      {"relation", columns.relation},    {"phrases", phrases}};
  if (columns.format.text == TextFormat::csv) settings["quotes"] = true;
  return {.rules = {.layout = Layout::relation},
          .read = [columns, wording](
                      const Card::Split& split,
                      ExampleImporter& sink) { KgReader(columns, wording, sink).read(split.rows); },
          .describe = [columns, wording](
                          TaskData& data) { name_relations(columns.relation, wording, data); },
          .split_key = [columns](const Example& example) { return bare_head(columns, example); },
          .settings = settings,
          .strata = names_of(columns.read.strata)};
}

}  // namespace

CardKind kg_tsv() {
  return {.name = "kg-tsv",
          .description = "tails",
          .task_kind = "phrasal",
          .keys = {"header", "delimiter", "columns.head", "columns.tail", "columns.relation",
                   "head_separator", "relation", "verbalizer", "quotes", "ignore", "strata"},
          .make = make_kg_importer};
}

}  // namespace dovetail
