// SPDX-License-Identifier: Apache-2.0
#include "tasks/kg_tsv.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>

#include "base/error.h"
#include "base/hash.h"
#include "tasks/kg_rows.h"

namespace dovetail {

namespace {

// Raise it when the same card and files come to mean other examples.
constexpr const char* kReaderVersion = "kg-tsv 1";

// A test head that was trained on measures memory.
void refuse_leaks(const KgTsvCard& card, const GroupedFile& first, const std::filesystem::path& a,
                  const GroupedFile& second, const std::filesystem::path& b) {
  int64_t leaks = 0;
  std::string where;
  for (size_t i = 0; i < second.examples.size(); ++i) {
    const auto found = first.index.find(second.examples[i].source);
    if (found == first.index.end()) continue;
    if (leaks++ > 0) continue;
    where = fmt::format("{}:{}: head \"{}\" is also at {}:{}", b.string(), second.lines[i],
                        second.examples[i].source, a.string(), first.lines[found->second]);
  }
  if (leaks > 0) {
    throw_<DataError>("{}; {} heads of {} are in both files, which leaks: remove them from one",
                      where, leaks, card.name);
  }
}

// By a hash of the head, so that neither the order of the file nor a seed decides. In a task of
// several relations all examples of a head go to the same side.
void split_by_head(const KgTsvCard& card, std::vector<Example> all, TaskData& data) {
  std::set<std::pair<uint64_t, std::string>> heads;
  for (const Example& example : all) {
    const std::string_view head = bare_head(card, example);
    heads.emplace(hash64(head), head);
  }
  const int64_t total = static_cast<int64_t>(heads.size());
  const int64_t wanted =
      std::max<int64_t>(1, std::llround(card.test_fraction * static_cast<double>(total)));
  if (wanted >= total) {
    throw_<DataError>("{}: {} heads are too few to hold out {} for the test", card.train.string(),
                      total, wanted);
  }
  std::unordered_set<std::string> test;
  for (auto head = heads.begin(); static_cast<int64_t>(test.size()) < wanted; ++head) {
    test.insert(head->second);
  }
  for (Example& example : all) {
    auto& side = test.contains(std::string(bare_head(card, example))) ? data.test : data.train;
    side.push_back(std::move(example));
  }
}

int64_t count_references(const std::vector<Example>& examples) {
  int64_t count = 0;
  for (const Example& example : examples) count += static_cast<int64_t>(example.references.size());
  return count;
}

int64_t count_shared(const KgTsvCard& card, const TaskData& data) {
  std::unordered_set<std::string_view> train, shared;
  for (const Example& example : data.train) train.insert(bare_head(card, example));
  for (const Example& example : data.test) {
    if (train.contains(bare_head(card, example))) shared.insert(bare_head(card, example));
  }
  return static_cast<int64_t>(shared.size());
}

void summarise(const KgTsvCard& card, LoadedKgTsv& loaded) {
  DataReport& report = loaded.report;
  report.train_heads = static_cast<int64_t>(loaded.data.train.size());
  report.test_heads = static_cast<int64_t>(loaded.data.test.size());
  report.dev_heads = static_cast<int64_t>(loaded.dev.size());
  report.train_references = count_references(loaded.data.train);
  report.test_references = count_references(loaded.data.test);
  report.dev_references = count_references(loaded.dev);
  report.heads_shared_under_other_relations = count_shared(card, loaded.data);
}

void name_relations(const KgTsvCard& card, TaskData& data) {
  data.name = card.name;
  data.kind = card.task_kind;
  if (card.relation != "*") {
    data.relation = card.relation;
    data.prefix = card.prefix_of(card.relation);
    data.phrase = card.phrase_of(card.relation);
    return;
  }
  for (const auto* side : {&data.train, &data.test}) {
    for (const Example& example : *side) {
      const std::string name = example.source.substr(0, example.source.find(kRelationEnd));
      const auto [relation, is_new] = data.relations.try_emplace(name);
      if (is_new) relation->second = {card.prefix_of(name), card.phrase_of(name)};
    }
  }
}

void refuse_bad_rows(const KgTsvCard& card, const DataReport& report) {
  int64_t bad = 0;
  for (const FileReport& file : report.files) bad += file.bad_rows();
  if (bad == 0 || !card.refuse_bad_rows) return;
  std::string list;
  for (const std::string& problem : report.problems) list += "\n  " + problem;
  throw_<DataError>("{}: {} bad rows; mend them, or set bad_rows = \"skip\":{}", card.file.string(),
                    bad, list);
}

void require_rows(const KgTsvCard& card, const std::filesystem::path& file,
                  const std::vector<Example>& examples) {
  if (!examples.empty()) return;
  throw_<DataError>("{}: no row is left for task {}{}", file.string(), card.name,
                    card.relation.empty() || card.relation == "*"
                        ? ""
                        : fmt::format(" (relation \"{}\")", card.relation));
}

}  // namespace

LoadedKgTsv load_kg_tsv(const KgTsvCard& card) {
  LoadedKgTsv loaded;
  GroupedFile train = read_grouped(card, card.train, loaded.report);
  require_rows(card, card.train, train.examples);
  GroupedFile test, dev;
  if (card.test) {
    test = read_grouped(card, *card.test, loaded.report);
    require_rows(card, *card.test, test.examples);
    refuse_leaks(card, train, card.train, test, *card.test);
  }
  if (card.dev) {
    dev = read_grouped(card, *card.dev, loaded.report);
    refuse_leaks(card, train, card.train, dev, *card.dev);
    if (card.test) refuse_leaks(card, dev, *card.dev, test, *card.test);
  }
  refuse_bad_rows(card, loaded.report);
  if (card.test) {
    loaded.data.train = std::move(train.examples);
    loaded.data.test = std::move(test.examples);
  } else {
    split_by_head(card, std::move(train.examples), loaded.data);
  }
  loaded.dev = std::move(dev.examples);
  name_relations(card, loaded.data);
  summarise(card, loaded);
  return loaded;
}

// Neither paths nor the card's name for itself: the same data elsewhere is the same task.
static std::string kg_tsv_fingerprint(const KgTsvCard& card) {
  const auto hash_of = [](const std::optional<std::filesystem::path>& file) {
    return file ? file_hash(*file) : "";
  };
  const auto text_of = [](const KgTsvCard::Column& column) {
    return std::visit([](const auto& value) { return fmt::format("{}", value); }, column);
  };
  const nlohmann::json content = {
      {"reader", kReaderVersion},
      {"train", file_hash(card.train)},
      {"test", hash_of(card.test)},
      {"dev", hash_of(card.dev)},
      {"header", card.header},
      {"delimiter", card.delimiter},
      {"head", text_of(card.head)},
      {"relation_column", text_of(card.relation_column)},
      {"tail", text_of(card.tail)},
      {"relation", card.relation},
      {"prefix", card.prefix},
      {"phrase", card.phrase},
      {"drop_tails", card.drop_tails},
      {"test_fraction", card.test_fraction},
      {"phrases",
       card.verbalizer ? card.verbalizer->phrases : std::map<std::string, std::string>{}}};
  return content_hash(content.dump());
}

Task kg_tsv_task(const std::string& card_name) {
  const KgTsvCard card = read_kg_tsv_card(card_name);
  return {.name = card.name,
          .kind = card.task_kind,
          .description = card.description,
          .source = card.source,
          .load = [card] { return load_kg_tsv(card).data; },
          .fingerprint = [card] { return kg_tsv_fingerprint(card); }};
}

void to_json(nlohmann::json& json, const FileReport& report) {
  json = {{"file", report.file},
          {"lines", report.lines},
          {"triples", report.triples},
          {"blank_lines", report.blank_lines},
          {"other_relations", report.other_relations},
          {"dropped_tails", report.dropped_tails},
          {"duplicates", report.duplicates},
          {"empty_heads", report.empty_heads},
          {"empty_tails", report.empty_tails},
          {"invalid_utf8", report.invalid_utf8},
          {"too_long", report.too_long}};
}

void to_json(nlohmann::json& json, const DataReport& report) {
  json = {{"files", report.files},
          {"problems", report.problems},
          {"train_heads", report.train_heads},
          {"test_heads", report.test_heads},
          {"dev_heads", report.dev_heads},
          {"train_references", report.train_references},
          {"test_references", report.test_references},
          {"dev_references", report.dev_references},
          {"heads_shared_under_other_relations", report.heads_shared_under_other_relations}};
}

}  // namespace dovetail
