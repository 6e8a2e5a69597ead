// SPDX-License-Identifier: Apache-2.0
#include "templates/template.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"

namespace dovetail {

namespace {

// What every template takes.
//   closing_sentinel   the target ends with the next sentinel, as in T5's pre-training, not MTO's
//   verbalizer         gives the phrases or asks the question; "": the task's own
//   full_stop          "{source}." in the skeleton, as in MTO's runs before June 2024
//   add_prefix         the task's name and ":" in front
//   question_position  "start" or "end"; "auto": start for sup
//   choice_position    "start" or "end"
//   omit               fields that are left out (context, passage, fact), or "choices"
//   num_prompts        of the parts pn, pnr, pnt
//   filler_seed        of the words drawn for a label's class
nlohmann::json default_parameters() {
  return {{"closing_sentinel", false},
          {"verbalizer", ""},
          {"full_stop", false},
          {"add_prefix", true},
          {"question_position", "auto"},
          {"choice_position", "start"},
          {"omit", {"fact"}},
          {"num_prompts", 1},
          {"filler_seed", 1}};
}

void check_one_of(const nlohmann::json& parameters, const char* key,
                  const std::vector<std::string>& allowed) {
  const std::string found = parameters.at(key).get<std::string>();
  if (std::find(allowed.begin(), allowed.end(), found) != allowed.end()) return;
  throw_<ConfigError>("unknown {} \"{}\" of a template: {}", key, found,
                      did_you_mean(found, allowed));
}

nlohmann::json with_defaults(const nlohmann::json& given) {
  nlohmann::json parameters = default_parameters();
  std::vector<std::string> known;
  for (const auto& [key, value] : parameters.items()) known.push_back(key);
  for (const auto& [key, value] : given.items()) {
    if (!parameters.contains(key)) {
      throw_<ConfigError>("unknown parameter \"{}\" of a template: {}", key,
                          did_you_mean(key, known));
    }
    if (value.type() != parameters[key].type() &&
        !(value.is_number() && parameters[key].is_number())) {
      throw_<ConfigError>("parameter {} of a template must be like {}, found {}", key,
                          parameters[key].dump(), value.dump());
    }
    parameters[key] = value;
  }
  return parameters;
}

void check_parameters(const nlohmann::json& given) {
  const nlohmann::json parameters = with_defaults(given);
  check_one_of(parameters, "question_position", {"auto", "start", "end"});
  check_one_of(parameters, "choice_position", {"start", "end"});
  for (const nlohmann::json& field : parameters.at("omit")) {
    if (!field.is_string())
      throw_<ConfigError>("omit must be a list of fields' names, found {}", field.dump());
  }
  const auto num_prompts = parameters.at("num_prompts").get<int64_t>();
  if (num_prompts < 1 || num_prompts > 100) {
    throw_<ConfigError>("num_prompts must be between 1 and 100, found {}", num_prompts);
  }
  const std::string verbalizer = parameters.at("verbalizer").get<std::string>();
  if (!verbalizer.empty()) load_verbalizer(verbalizer);
}

TemplateEntry entry(std::string name, std::string paper_label, std::string parts) {
  return {.name = std::move(name),
          .paper_label = std::move(paper_label),
          .parts = std::move(parts),
          .defaults = default_parameters(),
          .check = check_parameters};
}

// A lone word that is no part is rather a misspelt name; a list says which of its parts is wrong.
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

TemplateEntry find_template(const std::string& name) {
  for (const TemplateEntry& entry : templates()) {
    if (entry.name == name) return entry;
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
  check_parameters(given);
  BoundTemplate form{.name = entry.name,
                     .paper_label = entry.paper_label,
                     .parts = entry.parts,
                     .parameters = with_defaults(given)};
  const bool with_prefix = form.parameters.at("add_prefix");
  ParsedTemplate parsed = parse_template(entry.parts, with_prefix);
  form.rule = parsed.rule;
  form.shapes = std::move(parsed.shapes);
  const std::string verbalizer = form.parameters.at("verbalizer");
  if (!verbalizer.empty())
    form.verbalizer = std::make_shared<Verbalizer>(load_verbalizer(verbalizer));
  form.wordings = load_wordings();
  return form;
}

bool needs_soft_tokens(const BoundTemplate& form) {
  return std::any_of(form.shapes.begin(), form.shapes.end(),
                     [](const TemplateShape& shape) { return shape.has_prompt(); });
}

namespace {

// MTO's Post families put the tokens before the phrase of vnat, which ends in the sentinel; after a
// phrase that leads to the answer they are nearer to it.
std::string placed_part(const BoundTemplate& form, const std::string& placement) {
  if (placement == "before") return "ptar-";
  const bool verbal = form.rule == TemplateRule::length || form.shapes.front().label_place >= 0;
  return verbal ? "0-ptar-" : "0-0-ptar-";
}

}  // namespace

BoundTemplate with_soft_tokens(BoundTemplate form, const PromptRequest& prompt) {
  if (prompt.placement != "before" && prompt.placement != "after") {
    throw_<ConfigError>("soft tokens go \"before\" or \"after\" the input, found \"{}\"",
                        prompt.placement);
  }
  const bool own = needs_soft_tokens(form);
  if (prompt.length == 0 && own) {
    throw_<ConfigError>(
        "template \"{}\" has soft tokens in it ({}), and needs a tuning that trains them: "
        "soft_prompt",
        form.name, form.parts);
  }
  form.prompt = prompt;
  if (own || prompt.length == 0) return form;
  form.parts = placed_part(form, prompt.placement) + form.parts;
  form.shapes = parse_template(form.parts, form.parameters.at("add_prefix")).shapes;
  return form;
}

std::string template_fingerprint(const BoundTemplate& form, const TaskData& task) {
  nlohmann::json content = {{"parts", form.parts}, {"skeleton", 1}};
  if (form.verbalizer) content["verbalizer"] = form.verbalizer->content();
  if (task.layout == Layout::question || task.layout == Layout::classification) {
    content["form"] = form_of(*form.wordings, form.verbalizer.get(), task).content();
  }
  const auto uses = [&](std::initializer_list<Slot> slots) {
    return std::any_of(form.shapes.begin(), form.shapes.end(), [&](const TemplateShape& shape) {
      return std::any_of(slots.begin(), slots.end(), [&](Slot slot) { return shape.has(slot); });
    });
  };
  if (uses({Slot::psh, Slot::pshr, Slot::psht}))
    content["shared_words"] = form.wordings->shared_words.content();
  if (uses({Slot::features})) content["feature_tokens"] = form.wordings->feature_tokens.content();
  if (uses({Slot::gloss})) content["feature_glosses"] = form.wordings->feature_glosses.content();
  if (uses({Slot::relation_token}))
    content["relation_tokens"] = form.wordings->relation_tokens.content();
  return content_hash(content.dump());
}

std::string template_fingerprint(const std::string& name, const nlohmann::json& parameters,
                                 const TaskData& task) {
  return template_fingerprint(make_template(name, parameters), task);
}

}  // namespace dovetail
