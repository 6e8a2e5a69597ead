// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/front/text_output.h"
#include "base/error.h"
#include "base/names.h"
#include "jobs/example_encoder.h"
#include "tasks/find_task.h"
#include "templates/conversation.h"
#include "templates/render.h"

namespace dovetail {

namespace {

struct ShowOptions {
  std::string task;
  std::string form;  // a template's name or parts; "": the usual ones that print the task
  std::string split = "train";
  int64_t count = 5;
  std::string tuning, placement = "before";
  int64_t num_virtual_tokens = 20;
  std::vector<std::string> parameters;  // name=value, of the template
  std::string vocabulary;               // a folder; "": texts only
  int64_t max_source_length = 512, max_target_length = 128;
};

// Templates shown without --template: those of the papers' tables, which need no soft tokens.
constexpr size_t kUsual = 9;

nlohmann::json template_parameters(const ShowOptions& options) {
  nlohmann::json parameters = nlohmann::json::object();
  for (const std::string& given : options.parameters) {
    const size_t equals = given.find('=');
    if (equals == std::string::npos) {
      throw_<ConfigError>("--parameters {}: expected NAME=VALUE, as in closing_sentinel=true",
                          given);
    }
    const std::string text = given.substr(equals + 1);
    const nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    parameters[given.substr(0, equals)] = value.is_discarded() ? nlohmann::json(text) : value;
  }
  return parameters;
}

// Adds soft tokens if --tuning has them, or if the template needs them.
BoundTemplate shown_template(const ShowOptions& options, const std::string& name) {
  BoundTemplate form = make_template(name, template_parameters(options));
  const bool tuned = !options.tuning.empty() && find_tuning(options.tuning).entry.soft_tokens;
  if (!tuned && !(options.tuning.empty() && needs_soft_tokens(form)))
    return with_soft_tokens(std::move(form), {});
  return with_soft_tokens(std::move(form), {options.num_virtual_tokens, options.placement});
}

std::vector<BoundTemplate> shown_templates(const ShowOptions& options, const TaskData& data) {
  if (!options.form.empty()) {
    const BoundTemplate form = shown_template(options, options.form);
    const std::string reason = misfit(form, data);
    if (!reason.empty()) throw ConfigError(reason);
    return {form};
  }
  if (data.layout == Layout::conversation)
    return {shown_template(options, "chat_tulu"), shown_template(options, "chat_plain")};
  std::vector<BoundTemplate> forms;
  for (size_t i = 0; i < kUsual; ++i) {
    BoundTemplate form = shown_template(options, templates()[i].name);
    if (misfit(form, data).empty()) forms.push_back(std::move(form));
  }
  return forms;
}

using ShownRows = std::vector<std::vector<std::string>>;

// The ids of one side, and the pieces they stand for.
class IdPrinter {
 public:
  IdPrinter(const ShowOptions& options, const TaskData& data, const BoundTemplate& form,
            const Vocabulary& vocabulary)
      : options_(options),
        encoder_(encoder(data, form, vocabulary,
                         {options.max_source_length, options.max_target_length})),
        uncut_(encoder(data, form, vocabulary, {kUnlimited, kUnlimited})) {}

  // Of the rows as they are trained on: "62 template, 120 instruction, 80 output".
  std::string token_counts(const std::vector<Example>& examples) const {
    std::array<int64_t, 3> counts = {};
    for (const Example& example : examples) {
      for (const TokenKind kind : encoder_.chat_row(example, example.references.front()).row.kinds)
        ++counts.at(static_cast<size_t>(kind));
    }
    return fmt::format("{} template, {} instruction, {} output (instruction / output {:.3g})",
                       counts[0], counts[1], counts[2],
                       static_cast<double>(counts[1]) / static_cast<double>(counts[2]));
  }

  void add(const Example& example, ShownRows& rows) const {
    const std::string& reference = example.references.front();
    const Sequence kept = encoder_.row(example, reference).sequence;
    const Sequence whole = uncut_.row(example, reference).sequence;
    add_side("source", kept.source, whole.source, "--max-source-length", options_.max_source_length,
             rows);
    add_side("target", kept.target, whole.target, "--max-target-length", options_.max_target_length,
             rows);
  }

 private:
  static constexpr int64_t kUnlimited = std::numeric_limits<int32_t>::max();

  static ExampleEncoder encoder(const TaskData& data, const BoundTemplate& form,
                                const Vocabulary& vocabulary, RowLimits limits) {
    return {data,  form, vocabulary, plan_soft_tokens(form, data, vocabulary), vocabulary.size(),
            limits};
  }

  void add_side(const std::string& side, const std::vector<int32_t>& kept,
                const std::vector<int32_t>& whole, const std::string& option, int64_t length,
                ShownRows& rows) const {
    std::string pieces;
    for (const int32_t id : kept) pieces += (pieces.empty() ? "" : " ") + piece(id);
    rows.push_back({side + " pieces", pieces});
    rows.push_back({side + " ids", fmt::format("{}", fmt::join(kept, " "))});
    if (kept.size() == whole.size()) return;
    rows.push_back({side + " cut", fmt::format("{} of {} ids are kept ({} {})", kept.size(),
                                               whole.size(), option, length)});
  }

  std::string piece(int32_t id) const {
    const int64_t soft = id - encoder_.vocab_size();
    return soft < 0 ? encoder_.vocabulary().piece(id)
                    : "<" + encoder_.soft_tokens().tokens.at(soft).name + ">";
  }

  const ShowOptions& options_;
  ExampleEncoder encoder_, uncut_;
};

std::string choices_text(const TaskData& data, const Example& example) {
  std::string text;
  const std::vector<std::string>& choices = choices_of(data, example);
  for (size_t i = 0; i < choices.size(); ++i) {
    text += fmt::format("{}{}{}", i ? " | " : "", choices[i],
                        static_cast<int64_t>(i) == example.answer ? " (right)" : "");
  }
  return text;
}

// The conversation with its kinds: [instruction], {output}, and the template's text bare.
std::string marked_conversation(const TaskData& data, const BoundTemplate& form,
                                const Example& example) {
  std::string text;
  for (const ChatPiece& piece :
       chat_pieces(*form.chat, conversation_of(form, data, example, example.references[0]))) {
    const std::string shown = piece.is_end ? "</s>" : piece.text;
    text += piece.kind == TokenKind::instruction ? "[" + shown + "]"
            : piece.kind == TokenKind::output    ? "{" + shown + "}"
                                                 : shown;
  }
  return join(split(text, '\n'), "\\n");
}

void show_example(const TaskData& data, const BoundTemplate& form, const Example& example,
                  const IdPrinter* ids) {
  ShownRows rows;
  if (form.chat) rows.push_back({"turns", marked_conversation(data, form, example)});
  if (!form.chat)
    rows.push_back({"source", render(form, data, example, example.references[0]).source_text()});
  for (size_t i = 0; i < example.references.size(); ++i) {
    rows.push_back(
        {i == 0 ? "target" : "   or", render(form, data, example, example.references[i]).target});
  }
  if (!choices_of(data, example).empty()) rows.push_back({"choices", choices_text(data, example)});
  if (ids) ids->add(example, rows);
  print_columns(rows);
}

int show(const ShowOptions& options) {
  const TaskData data = find_task(options.task).load();
  const std::vector<BoundTemplate> forms = shown_templates(options, data);
  const std::vector<Example>& examples = options.split == "test" ? data.test : data.train;
  std::optional<Vocabulary> vocabulary;
  if (!options.vocabulary.empty()) vocabulary = Vocabulary::from_folder(options.vocabulary);

  fmt::print("{}: {} training and {} test examples\n", data.name, data.train.size(),
             data.test.size());
  for (const BoundTemplate& form : forms) {
    fmt::print("\n{} ({}{}{})\n", form.name, form.paper_label, form.paper_label.empty() ? "" : ", ",
               form.parts);
    std::optional<IdPrinter> ids;
    if (vocabulary) ids.emplace(options, data, form, *vocabulary);
    const int64_t count = std::min<int64_t>(options.count, std::ssize(examples));
    for (int64_t i = 0; i < count; ++i)
      show_example(data, form, examples[i], ids ? &*ids : nullptr);
    if (ids && form.chat)
      fmt::print("tokens of {}: {}\n", options.split, ids->token_counts(examples));
  }
  return kSuccess;
}

void add_options(CLI::App& command, ShowOptions& options) {
  command.add_option("TASK", options.task, "A task's name, or a data set card")->required();
  command.add_option("--template", options.form,
                     "Show only this template: a name, or parts such as 0-ptar-unsup");
  command.add_option("--split", options.split, "train or test")
      ->check(CLI::IsMember({"train", "test"}));
  command.add_option("-n,--count", options.count, "Number of examples")->check(CLI::PositiveNumber);
  command.add_option("--parameters", options.parameters,
                     "NAME=VALUE of the template; may be repeated");
  command.add_option("--tuning", options.tuning, "A tuning; its soft tokens are shown as <NAME>");
  command.add_option("--num-virtual-tokens", options.num_virtual_tokens, "Soft tokens of a prompt")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--placement", options.placement,
                  "Place of soft tokens: before or after the input")
      ->check(CLI::IsMember({"before", "after"}));
  command.add_option("--vocabulary", options.vocabulary,
                     "A folder with a vocabulary; adds tokens and ids");
  command
      .add_option("--max-source-length", options.max_source_length,
                  "Most tokens; shows what is cut")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--max-target-length", options.max_target_length,
                  "Most tokens; shows what is cut")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void add_data_show(CLI::App& data, Action& chosen) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App* command = data.add_subcommand(
      "show", "Show examples of a task exactly as a model sees them under each template");
  add_options(*command, *options);
  command->footer(
      "Example: dovetail data show wordnet/antonym --template masked_mapping --tuning soft_prompt "
      "--num-virtual-tokens 3 -n 2");
  command->callback([options, &chosen] { chosen = [options] { return show(*options); }; });
}

}  // namespace dovetail
