// SPDX-License-Identifier: Apache-2.0
#include "cards/conversations.h"

#include <array>

#include "base/names.h"
#include "base/text.h"
#include "cards/card.h"
#include "examples/chat_template.h"

namespace dovetail {

namespace {

const std::map<std::string, Role> kRoles = {
    {"system", Role::system}, {"user", Role::user}, {"assistant", Role::assistant}};

void read_messages_keys(const StrictToml& toml, ConversationKeys& keys) {
  for (const char* key : {"keys.system", "keys.user"}) {
    if (toml.has(key)) {
      toml.fail(key, fmt::format("{} is a column of rows without messages, which have "
                                 "keys.assistant too",
                                 key));
    }
  }
  keys.messages = read_column(toml, "keys.messages", "messages", true);
  keys.role = toml.text("keys.role", "role");
  keys.content = toml.text("keys.content", "content");
  for (const auto& [name, role] : toml.text_table("roles")) {
    const auto found = kRoles.find(role);
    if (found == kRoles.end()) {
      toml.fail("roles." + name,
                fmt::format("expected system, user or assistant, found \"{}\"", role));
    }
    keys.roles[name] = found->second;
  }
  keys.roles.insert(kRoles.begin(), kRoles.end());
}

std::string shown_role(const nlohmann::json& role) {
  return role.is_string() ? "\"" + role.get<std::string>() + "\"" : role.dump();
}

Turn read_message(const ConversationKeys& keys, const nlohmann::json& message, size_t number) {
  const auto value = [&](const std::string& key) {
    if (message.is_object() && message.contains(key)) return message.at(key);
    throw BadConversation{"missing_columns", fmt::format("turn {} has no \"{}\"", number, key)};
  };
  const nlohmann::json role = value(keys.role), content = value(keys.content);
  const auto found = keys.roles.find(role.is_string() ? role.get<std::string>() : "");
  if (found == keys.roles.end()) {
    std::vector<std::string> known;
    for (const auto& [name, known_role] : keys.roles) known.push_back(name);
    throw BadConversation{"unknown_roles",
                          fmt::format("turn {} has the role {}; expected {} (the card's table "
                                      "[roles] can name others)",
                                      number, shown_role(role), join(known, ", "))};
  }
  if (!content.is_string()) {
    throw BadConversation{"missing_columns",
                          fmt::format("the \"{}\" of turn {} is no text", keys.content, number)};
  }
  return {found->second, content.get<std::string>()};
}

std::string column_text(const Row& row, const Column& column) {
  if (const auto text = row.text(column)) return *text;
  throw BadConversation{"missing_columns",
                        fmt::format("there is no key \"{}\"", to_string(column))};
}

std::vector<Turn> turns_of_columns(const ConversationKeys& keys, const Row& row) {
  std::vector<Turn> turns;
  if (keys.system) {
    const std::string system = row.text(*keys.system).value_or("");
    if (!trim(system).empty()) turns.push_back({Role::system, system});
  }
  std::string asked;
  for (const Column& column : keys.user) {
    const std::string text = column_text(row, column);
    if (!trim(text).empty()) asked += (asked.empty() ? "" : "\n") + std::string(trim(text));
  }
  turns.push_back({Role::user, asked});
  turns.push_back({Role::assistant, column_text(row, keys.assistant)});
  return turns;
}

std::vector<Turn> turns_of_messages(const ConversationKeys& keys, const Row& row) {
  const std::optional<nlohmann::json> messages = row.find(*keys.messages);
  if (!messages || !messages->is_array()) {
    throw BadConversation{"missing_columns", fmt::format("there is no list of turns at \"{}\"",
                                                         to_string(*keys.messages))};
  }
  std::vector<Turn> turns;
  for (const nlohmann::json& message : *messages) {
    turns.push_back(read_message(keys, message, turns.size() + 1));
  }
  return turns;
}

// Refuses a conversation in which nobody answers, or one side twice in a row.
void check_order(const std::vector<Turn>& turns) {
  Role expected = Role::user;
  for (size_t i = 0; i < turns.size(); ++i) {
    const Role role = turns[i].role;
    if (i == 0 && role == Role::system) continue;
    if (role != expected) {
      throw BadConversation{
          "wrong_order",
          fmt::format("turn {} is the {}'s, where the {}'s was expected: the user and the "
                      "assistant take turns, behind at most one turn of the system",
                      i + 1, name_of(role), name_of(expected))};
    }
    expected = role == Role::user ? Role::assistant : Role::user;
  }
  if (!turns.empty() && turns.back().role == Role::assistant) return;
  throw BadConversation{"no_answer",
                        "the last turn is not the assistant's, so nothing is answered"};
}

}  // namespace

const std::vector<std::string>& conversation_keys() {
  static const std::vector<std::string> keys = {"keys.messages", "keys.role", "keys.content",
                                                "keys.system",   "keys.user", "keys.assistant",
                                                "roles.*"};
  return keys;
}

std::vector<Column> ConversationKeys::columns() const {
  if (messages) return {*messages};
  std::vector<Column> all = user;
  all.push_back(assistant);
  if (system) all.push_back(*system);
  return all;
}

ConversationKeys read_conversation_keys(const StrictToml& toml) {
  ConversationKeys keys;
  if (!toml.has("keys.assistant")) {
    read_messages_keys(toml, keys);
    return keys;
  }
  for (const char* key : {"keys.messages", "keys.role", "keys.content", "roles"}) {
    if (toml.has(key)) toml.fail(key, fmt::format("{} and keys.assistant exclude each other", key));
  }
  if (!toml.has("keys.user")) toml.fail("keys.assistant", "expected the key keys.user beside it");
  keys.user = toml.numbers_or_texts("keys.user");
  keys.assistant = read_column(toml, "keys.assistant", "assistant", true);
  if (toml.has("keys.system")) keys.system = read_column(toml, "keys.system", "system", true);
  return keys;
}

std::vector<Turn> read_turns(const ConversationKeys& keys, const Row& row) {
  std::vector<Turn> turns =
      keys.messages ? turns_of_messages(keys, row) : turns_of_columns(keys, row);
  for (size_t i = 0; i < turns.size(); ++i) {
    turns[i].text = trim(turns[i].text);
    if (!turns[i].text.empty()) continue;
    const bool answers = turns[i].role == Role::assistant;
    throw BadConversation{answers ? "empty_targets" : "empty_sources",
                          fmt::format("turn {} ({}) is empty", i + 1, name_of(turns[i].role))};
  }
  check_order(turns);
  return turns;
}

std::string text_before_answer(const std::vector<Turn>& turns) {
  if (turns.size() == 2) return turns.front().text;
  std::string text;
  for (size_t i = 0; i + 1 < turns.size(); ++i) {
    text += fmt::format("{}{}: {}", i ? " " : "", name_of(turns[i].role), turns[i].text);
  }
  return text;
}

std::string ratio_range(const std::vector<Turn>& turns) {
  // The ratios of Instruction Modelling's data sets lie between 0.09 and 26 (Shi et al. 2024).
  constexpr std::array<std::pair<double, const char*>, 5> kRanges = {
      {{0.1, "below 0.1"}, {0.5, "0.1-0.5"}, {1, "0.5-1"}, {5, "1-5"}, {25, "5-25"}}};
  double instruction = 0, output = 0;
  for (const Turn& turn : turns) {
    const auto words = static_cast<double>(num_words(turn.text));
    (turn.role == Role::assistant ? output : instruction) += words;
  }
  for (const auto& [end, name] : kRanges) {
    if (instruction < end * output) return name;
  }
  return "25 and more";
}

}  // namespace dovetail
