// SPDX-License-Identifier: Apache-2.0
// Cards of kind "instruction": conversations of a user and an assistant, in JSON. An example's
// source is what precedes the last turn, its reference that turn; its turns are all of them.
#include "base/error.h"
#include "cards/card.h"
#include "cards/conversations.h"
#include "cards/row_formats.h"
#include "cards/watched_rows.h"

namespace dovetail {

namespace {

void take_conversation(const ConversationKeys& keys, const Row& row, ExampleImporter& sink) {
  try {
    std::vector<Turn> turns = read_turns(keys, row);
    sink.add({.source = text_before_answer(turns),
              .targets = {turns.back().text},
              .strata = {ratio_range(turns)},
              .turns = turns});
  } catch (const BadConversation& bad) {
    sink.bad(bad.bad_class, bad.what);
  }
}

nlohmann::json settings_of_conversations(const ConversationKeys& keys, const RowFormat& format) {
  nlohmann::json settings = settings_of(format);
  settings["role"] = keys.role;
  settings["content"] = keys.content;
  for (const auto& [name, role] : keys.roles) settings["roles"][name] = static_cast<int>(role);
  for (const Column& column : keys.columns()) settings["columns"].push_back(to_string(column));
  return settings;
}

Importer make_instruction_importer(const StrictToml& toml, const CardName& asked, Card& card) {
  refuse_relation(toml, asked);
  const RowFormat format = read_row_format(toml, "jsonl");
  if (!format.is_json()) toml.fail("format", "conversations are read from json, jsonl or parquet");
  if (!toml.has("bad_rows")) card.most_bad_rows = 0;
  const ConversationKeys keys = read_conversation_keys(toml);
  const ReadColumns read{keys.columns(), toml.texts("ignore")};
  return {.rules = {.layout = Layout::conversation},
          .read =
              [=](const Card::Split& split, ExampleImporter& sink) {
                read_watched_rows(split.rows, format, read, sink,
                                  [&](const Row& row) { take_conversation(keys, row, sink); });
              },
          .settings = settings_of_conversations(keys, format),
          .strata = {"ratio"}};
}

}  // namespace

CardKind instruction() {
  std::vector<std::string> keys = {"format", "rows", "ignore"};
  keys.insert(keys.end(), conversation_keys().begin(), conversation_keys().end());
  return {.name = "instruction",
          .description = "answers",
          .task_kind = "generation",
          .keys = keys,
          .make = make_instruction_importer};
}

}  // namespace dovetail
