// SPDX-License-Identifier: Apache-2.0
#include "templates/template.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"

namespace dovetail {

namespace {

// Checks that no type or range can express.
void check_parameters(const std::string& name, const nlohmann::json& parameters) {
  for (const nlohmann::json& field : parameters.at("omit")) {
    if (field.is_string()) continue;
    throw_<ConfigError>("template {}: omit must be a list of field names, found {}", name,
                        field.dump());
  }
  const std::string verbalizer = parameters.at("verbalizer").get<std::string>();
  if (!verbalizer.empty()) load_verbalizer(verbalizer);
}

nlohmann::json resolved(const std::string& name, const nlohmann::json& given) {
  nlohmann::json parameters = resolve_parameters("template " + name, template_parameters(), given);
  check_parameters(name, parameters);
  return parameters;
}

TemplateEntry entry(const std::string& name, std::string paper_label, std::string parts) {
  return {.name = name,
          .paper_label = std::move(paper_label),
          .parts = std::move(parts),
          .defaults = defaults_of(template_parameters()),
          .check = [name](const nlohmann::json& parameters) { resolved(name, parameters); }};
}

// A single word that is no part is taken for a misspelt name.
[[noreturn]] void throw_unknown(const std::string& name) {
  std::vector<std::string> known;
  for (const TemplateEntry& entry : templates()) known.push_back(entry.name);
  throw_<ConfigError>("unknown template \"{}\": {}; or a list of parts such as 0-ptar-unsup", name,
                      did_you_mean(name, known));
}

}  // namespace

const std::vector<TemplateEntry>& templates() {
  static const std::vector<TemplateEntry> all = {
#define TEMPLATE(name, paper_label, parts) entry(#name, paper_label, parts),
#include "templates/templates.inc"
#undef TEMPLATE
  };
  return all;
}

const Parameters& template_parameters() {
  static const Parameters all = {
      {.name = "closing_sentinel",
       .default_value = false,
       .doc = "end the target with the next sentinel, as T5's pre-training does and MTO does not"},
      {.name = "verbalizer",
       .default_value = "",
       .doc = "verbalizer that words the relation or question; \"\": the task's own"},
      {.name = "full_stop",
       .default_value = false,
       .doc = "\"{source}.\" in the skeleton, as in MTO's runs before June 2024"},
      {.name = "add_prefix",
       .default_value = true,
       .doc = "the task's name and \":\" in front of the source"},
      {.name = "question_position",
       .default_value = "auto",
       .doc = "the question before or after its choices; auto: start for sup, else end",
       .one_of = {"auto", "start", "end"}},
      {.name = "choice_position",
       .default_value = "start",
       .doc = "the label before (start) or after (end) its choice",
       .one_of = {"start", "end"}},
      {.name = "omit",
       .default_value = nlohmann::json::array({"fact"}),
       .doc = "fields to leave out (context, passage, fact), or \"choices\""},
      {.name = "num_prompts",
       .default_value = 1,
       .doc = "number of prompts for the parts pn, pnr and pnt",
       .range = between(1, 100)},
      {.name = "filler_seed",
       .default_value = 1,
       .doc = "seed for the words drawn for a label's class"}};
  return all;
}

TemplateEntry find_template(const std::string& name) {
  for (const TemplateEntry& known : templates()) {
    if (known.name == name) return known;
  }
  if (!looks_like_parts(name)) throw_unknown(name);
  parse_template(name);
  for (const TemplateEntry& known : templates()) {
    if (known.parts == name) return entry(name, known.paper_label, name);
  }
  return entry(name, "", name);
}

BoundTemplate make_template(const std::string& name, const nlohmann::json& given) {
  const TemplateEntry entry = find_template(name);
  BoundTemplate tmpl{.name = entry.name,
                     .paper_label = entry.paper_label,
                     .parts = entry.parts,
                     .parameters = resolved(entry.name, given)};
  const bool with_prefix = tmpl.parameters.at("add_prefix");
  ParsedTemplate parsed = parse_template(entry.parts, with_prefix);
  tmpl.rule = parsed.rule;
  tmpl.shapes = std::move(parsed.shapes);
  const std::string verbalizer = tmpl.parameters.at("verbalizer");
  if (!verbalizer.empty())
    tmpl.verbalizer = std::make_shared<Verbalizer>(load_verbalizer(verbalizer));
  tmpl.wordings = load_wordings();
  const std::string& chat = tmpl.shapes.front().chat;
  if (chat.empty()) return tmpl;
  BoundTemplate mapping = tmpl;
  mapping.shapes = parse_template("sup", with_prefix).shapes;
  tmpl.mapping = std::make_shared<BoundTemplate>(std::move(mapping));
  tmpl.chat = std::make_shared<ChatTemplate>(load_chat_template(chat));
  return tmpl;
}

std::string template_in_words(const std::string& name) {
  return name == "soft_cloze" ? "cloze" : "";
}

bool needs_soft_tokens(const BoundTemplate& tmpl) {
  return std::any_of(tmpl.shapes.begin(), tmpl.shapes.end(),
                     [](const TemplateShape& shape) { return shape.has_prompt(); });
}

namespace {

// MTO's Post families put the tokens before the phrase of vnat, which ends in the sentinel. Any
// other phrase leads to the answer, so the tokens follow it.
std::string placed_part(const BoundTemplate& tmpl, const std::string& placement) {
  if (placement == "before") return "ptar-";
  const bool verbal = tmpl.rule == TemplateRule::length || tmpl.shapes.front().label_place >= 0;
  return verbal ? "0-ptar-" : "0-0-ptar-";
}

}  // namespace

BoundTemplate with_soft_tokens(BoundTemplate tmpl, const PromptRequest& prompt) {
  if (prompt.placement != "before" && prompt.placement != "after") {
    throw_<ConfigError>("soft tokens go \"before\" or \"after\" the input, found \"{}\"",
                        prompt.placement);
  }
  const bool own = needs_soft_tokens(tmpl);
  if (prompt.length == 0 && own) {
    throw_<ConfigError>(
        "template \"{}\" has soft tokens in it ({}), and needs a tuning that trains them: "
        "soft_prompt",
        tmpl.name, tmpl.parts);
  }
  tmpl.prompt = prompt;
  if (own || prompt.length == 0) return tmpl;
  tmpl.parts = placed_part(tmpl, prompt.placement) + tmpl.parts;
  tmpl.shapes = parse_template(tmpl.parts, tmpl.parameters.at("add_prefix")).shapes;
  return tmpl;
}

std::string template_fingerprint(const BoundTemplate& tmpl, const TaskData& task) {
  nlohmann::json content = {{"parts", tmpl.parts}, {"skeleton", 1}};
  if (tmpl.verbalizer) content["verbalizer"] = tmpl.verbalizer->content();
  if (task.layout == Layout::question || task.layout == Layout::classification) {
    content["form"] = verbalizer_of(*tmpl.wordings, tmpl.verbalizer.get(), task).content();
  }
  if (tmpl.chat) content["chat"] = tmpl.chat->content();
  const auto uses = [&](std::initializer_list<Slot> slots) {
    return std::any_of(tmpl.shapes.begin(), tmpl.shapes.end(), [&](const TemplateShape& shape) {
      return std::any_of(slots.begin(), slots.end(), [&](Slot slot) { return shape.has(slot); });
    });
  };
  if (uses({Slot::psh, Slot::pshr, Slot::psht}))
    content["shared_words"] = tmpl.wordings->shared_words.content();
  if (uses({Slot::cloze}))
    content["clozes"] = cloze_verbalizer(*tmpl.wordings, tmpl.verbalizer.get()).content();
  if (uses({Slot::features})) content["feature_tokens"] = tmpl.wordings->feature_tokens.content();
  if (uses({Slot::gloss})) content["feature_glosses"] = tmpl.wordings->feature_glosses.content();
  if (uses({Slot::relation_token}))
    content["relation_tokens"] = tmpl.wordings->relation_tokens.content();
  return content_hash(content.dump());
}

std::string template_fingerprint(const std::string& name, const nlohmann::json& parameters,
                                 const TaskData& task) {
  return template_fingerprint(make_template(name, parameters), task);
}

}  // namespace dovetail
