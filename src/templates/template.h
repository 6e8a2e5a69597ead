// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/parameters.h"
#include "examples/chat_template.h"
#include "examples/task.h"
#include "templates/template_parts.h"
#include "templates/wording.h"

namespace dovetail {

// A template of the catalogue (templates.inc). MTO (Pouramini and Faili 2024) spells a template as
// a dash-joined list of parts that fill the slots of one skeleton; template_parts.h lists the
// parts, and tests/golden/templates shows what each template prints.
//
// Two lines each: the source, and the target after "->". The relation is xNeed, the example
// ("PersonX goes to the mall", "to drive there"), and a question in the last one:
//
//   name              parts       source -> target
//   mapping           sup         xNeed: PersonX goes to the mall
//                                 -> to drive there
//   masked_mapping    unsup       xNeed: PersonX goes to the mall <extra_id_0>
//                                 -> <extra_id_0> to drive there
//   prompting         sup-nat     xNeed: But before PersonX goes to the mall, PersonX needed
//                                 -> to drive there
//   masked_prompting  unsup-nat   as prompting, with the sentinels of masked_mapping
//   masked_choice_prompting vnat-v3  question, <extra_id_0>, the correct choice is <extra_id_1>
//                                 -> <extra_id_0> pantry <extra_id_1> choice1
struct TemplateEntry {
  std::string name;         // masked_prompting; the list itself for a list of parts without a name
  std::string paper_label;  // MaskedPrompting; "" for a list of parts without a name
  std::string parts;        // unsup-nat
  nlohmann::json defaults;  // of template_parameters()
  // Throws ConfigError for parameters out of range and for an unknown verbalizer.
  std::function<void(const nlohmann::json& parameters)> check;
};

const std::vector<TemplateEntry>& templates();

// The parameters that every template takes.
const Parameters& template_parameters();

// The entry for a name of the catalogue or for any dash-joined list of parts ("0-ptar-unsup").
// ConfigError with the nearest known name or part for any other text.
TemplateEntry find_template(const std::string& name);

// Soft tokens for a template, as in MTO's PrePT and PostPT families.
struct PromptRequest {
  int64_t length = 0;                // soft tokens of each prompt part
  std::string placement = "before";  // or "after" the input: in a template without a prompt part
};

// A template with its parameters, immutable once made. Where the template has a rule, it chooses
// the shape anew for each example (shape_choice.h), so one bound template can print any mixture of
// examples.
struct BoundTemplate {
  std::string name, paper_label, parts;
  nlohmann::json parameters;
  TemplateRule rule = TemplateRule::none;
  std::vector<TemplateShape> shapes;  // one; for a rule two: filling, mapping
  PromptRequest prompt;
  std::shared_ptr<const Verbalizer> verbalizer;  // from the parameters; null: the task's own
  std::shared_ptr<const Wordings> wordings;
  std::shared_ptr<const ChatTemplate> chat;  // of a part chat_NAME; null: none
  // Beside it, what the two sides say of an example that is no conversation: template `mapping`.
  std::shared_ptr<const BoundTemplate> mapping;
};

// Missing parameters take their defaults. ConfigError as find_template and TemplateEntry::check.
BoundTemplate make_template(const std::string& name,
                            const nlohmann::json& parameters = nlohmann::json::object());

// The template that prints words where this one has the soft tokens that start from them; "" for a
// template without such tokens.
std::string template_in_words(const std::string& name);

// Whether the template has soft tokens. It then needs a tuning that trains soft tokens
// (TuningEntry::soft_tokens).
bool needs_soft_tokens(const BoundTemplate& tmpl);

// The template with soft tokens. Its prompt parts take the length; a template without one gets a
// prompt at `placement`. A length of 0 returns the template unchanged. ConfigError for an unknown
// placement, and for length 0 where the template needs soft tokens.
BoundTemplate with_soft_tokens(BoundTemplate tmpl, const PromptRequest& prompt);

// Hash of what a template adds to the task's data: parts, phrases, formats. It is part of a job's
// key, so that a changed phrase runs the job again.
std::string template_fingerprint(const BoundTemplate& tmpl, const TaskData& task);
std::string template_fingerprint(const std::string& name, const nlohmann::json& parameters,
                                 const TaskData& task);

}  // namespace dovetail
