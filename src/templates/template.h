// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "examples/task.h"
#include "templates/rendered.h"
#include "templates/template_parts.h"
#include "templates/wording.h"

namespace dovetail {

// A template of the catalogue (templates.inc). MTO (Pouramini and Faili 2024) spells a template as
// a dash-joined list of parts that fill the slots of one skeleton; template_parts.h has them all.
//
//   name              parts       for (xNeed, "PersonX goes to the mall", "to drive there")
//   mapping           sup         xNeed: PersonX goes to the mall
//                                 -> to drive there
//   masked_mapping    unsup       xNeed: PersonX goes to the mall <extra_id_0>
//                                 -> <extra_id_0> to drive there
//   prompting         sup-nat     xNeed: But before PersonX goes to the mall, PersonX needed
//                                 -> to drive there
//   masked_prompting  unsup-nat   as prompting, with both sentinels
//   masked_choice_prompting vnat-v3  question, <extra_id_0>, the correct choice is <extra_id_1>
//                                 -> <extra_id_0> pantry <extra_id_1> choice1
struct TemplateEntry {
  std::string name;  // masked_prompting; of a list of parts that has no name: the list itself
  std::string paper_label;  // MaskedPrompting; "" without a name
  std::string parts;        // unsup-nat
  nlohmann::json defaults;  // its parameters, see template.cc
  // Throws ConfigError for parameters out of range or a verbalizer that is not there.
  std::function<void(const nlohmann::json& parameters)> check;
};

const std::vector<TemplateEntry>& templates();

// A name of the catalogue, or any dash-joined list of parts ("0-ptar-unsup"). ConfigError for a
// name or part that is neither, with the nearest.
TemplateEntry find_template(const std::string& name);

// Soft tokens for a template: how many stand where it has a prompt part, and where they go in one
// that has none: "before" or "after" the input, as in MTO's PrePT and PostPT families.
struct PromptRequest {
  int64_t length = 0;
  std::string placement = "before";
};

// A template with its parameters. Immutable once made: which of a rule's shapes an example takes is
// decided for each example anew.
struct BoundTemplate {
  std::string name, paper_label, parts;
  nlohmann::json parameters;
  TemplateRule rule = TemplateRule::none;
  std::vector<TemplateShape> shapes;  // of a rule two: filling and mapping; else one
  PromptRequest prompt;
  std::shared_ptr<const Verbalizer> verbalizer;  // the parameters' own; null: the task's
  std::shared_ptr<const Wordings> wordings;
};

// Parameters that are missing take their defaults. ConfigError as find_template and check.
BoundTemplate make_template(const std::string& name,
                            const nlohmann::json& parameters = nlohmann::json::object());

// Whether the template has prompt parts, so that it can only be used with soft tokens (a tuning
// entry that supplies them: TuningEntry::soft_tokens).
bool needs_soft_tokens(const BoundTemplate& form);

// The template with soft tokens: its own prompt parts become so long, or one is put where
// `placement` says. ConfigError for another placement. Length 0 gives the template back, and throws
// ConfigError when it needs soft tokens.
BoundTemplate with_soft_tokens(BoundTemplate form, const PromptRequest& prompt);

// Why the template cannot print the task ("" when it can): it asks for choices or labels that the
// task has none of, or for a phrase that its verbalizer lacks.
std::string misfit(const BoundTemplate& form, const TaskData& task);

// An example as the model sees it, with `reference` as what is right. ConfigError with misfit()'s
// sentence. In a task of several relations the source says its own: "xNeed: PersonX goes".
Rendered render(const BoundTemplate& form, const TaskData& task, const Example& example,
                const std::string& reference);

// The target if that choice (or label) were the right one: for comparing options by likelihood.
std::string target_for_choice(const BoundTemplate& form, const TaskData& task,
                              const Example& example, int64_t choice);

// What is right under this template: the example's references, but the relation's phrase where the
// template asks for the relation.
std::vector<std::string> references_of(const BoundTemplate& form, const TaskData& task,
                                       const Example& example);

// What a generated text answers, comparable with references_of, so that accuracies of different
// families may be compared: sentinels go; "choice2" becomes the text of that choice. Of two parts
// (MCP: text and label) the text counts when it is one of the choices, else the label.
std::string answer_of(const BoundTemplate& form, const TaskData& task, const Example& example,
                      const std::string& generated);

// All soft tokens that the task needs under the template, in order of first use: of several
// relations each its own, what they share once.
std::vector<SoftToken> soft_tokens_of(const BoundTemplate& form, const TaskData& task);

// Hash of all that decides what is printed beside the task's data: parts, phrases, formats. Belongs
// into a cell's key, so that a changed phrase runs it again.
std::string template_fingerprint(const BoundTemplate& form, const TaskData& task);
std::string template_fingerprint(const std::string& name, const nlohmann::json& parameters,
                                 const TaskData& task);

}  // namespace dovetail
