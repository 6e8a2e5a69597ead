// SPDX-License-Identifier: Apache-2.0
#include "templates/template_parts.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

// The slots of a source's skeleton.
enum Place {
  kPrefix1,
  kPrompt1,
  kNatPrefix,
  kSource,
  kPrefix2,
  kPrompt2,
  kNat,
  kPrompt3,
  kMask,
  kPlaces
};

constexpr Place kPrefixes[] = {kPrefix1, kPrefix2};
constexpr Place kPrompts[] = {kPrompt1, kPrompt2, kPrompt3};

const std::map<std::string, Slot>& prompt_parts() {
  static const std::map<std::string, Slot> parts = {
      {"pt", Slot::pt},     {"ptar", Slot::ptar}, {"pcom", Slot::pcom}, {"psh", Slot::psh},
      {"pshr", Slot::pshr}, {"psht", Slot::psht}, {"pnat", Slot::pnat}, {"pn", Slot::pn},
      {"pnr", Slot::pnr},   {"pnt", Slot::pnt},   {"pmask", Slot::ptar}};
  return parts;
}

const std::vector<std::string> kParts = {
    "sup",      "unsup",  "mask",       "nat",       "nat_prefix", "nat_target", "px",
    "px0",      "pt",     "ptar",       "pcom",      "psh",        "pshr",       "psht",
    "pnat",     "pn",     "pnr",        "pnt",       "pmask",      "0",          "p0",
    "vnat",     "qpos",   "omit_FIELD", "temp_flex", "temp_mixed", "temp_len",   "rel_first",
    "rel_last", "tokens", "nat_tokens", "rel_mask",  "cloze",      "soft_cloze", "chat_NAME"};

bool is_version(const std::string& part) {
  return part.size() >= 2 && part[0] == 'v' && !part.starts_with("vnat") &&
         part.find_first_of("0123456789") != std::string::npos;
}

class Parser {
 public:
  Parser(const std::vector<std::string>& parts, bool with_prefix) {
    shape_.parts = parts;
    places_.resize(kPlaces);
    places_[kSource] = {Slot::source};
    const auto says_prefix = [](const std::string& part) {
      return part.starts_with("px") || part == "rel_first" || part == "rel_last" ||
             part == "rel_mask" || part.ends_with("cloze") || part.starts_with("chat_") ||
             part.ends_with("tokens");
    };
    if (with_prefix && std::none_of(parts.begin(), parts.end(), says_prefix))
      next_prefix(Slot::prefix);
    for (const std::string& part : parts) read(part);
  }

  TemplateShape take() {
    for (const auto& slots : places_) {
      shape_.source.insert(shape_.source.end(), slots.begin(), slots.end());
    }
    for (const auto* slots : {&target_mask_, &target_nat_}) {
      shape_.target.insert(shape_.target.end(), slots->begin(), slots->end());
    }
    if (!shape_.has(Slot::tail)) shape_.target.push_back(Slot::target);
    return std::move(shape_);
  }

 private:
  void read(const std::string& part) {
    const auto prompt = prompt_parts().find(part);
    if (prompt != prompt_parts().end()) return add_prompt(prompt->second, part == "pmask");
    if (read_text_part(part) || read_option(part) || read_earlier(part)) return;
    throw_<ConfigError>("unknown part \"{}\" of a template: {}", part, did_you_mean(part, kParts));
  }

  bool read_text_part(const std::string& part) {
    if (part == "sup") {
      shape_.sup = true;
      mask_closed_ = true;
    } else if (part == "unsup" || part == "mask") {
      add_mask(part);
    } else if (part == "cloze" || part == "soft_cloze") {
      if (mask_closed_) no_place(part);
      shape_.soft_words = part == "soft_cloze";
      places_[kSource] = {Slot::cloze};
      target_mask_.push_back(Slot::mask);
      mask_closed_ = true;
    } else if (part == "nat") {
      fill(kNat, Slot::phrase, part);
    } else if (part == "nat_prefix") {
      fill(kNatPrefix, Slot::phrase, part);
    } else if (part == "nat_target") {
      if (!target_nat_.empty()) no_place(part);
      target_nat_.push_back(Slot::phrase);
    } else if (part == "px") {
      next_prefix(Slot::prefix);
    } else if (part == "px0") {
      ++prefix_;
    } else if (part == "0" || part == "p0") {
      if (prompt_ == std::size(kPrompts)) no_place(part);
      ++prompt_;
    } else {
      return false;
    }
    return true;
  }

  bool read_option(const std::string& part) {
    if (part == "vnat" || part.starts_with("vnat_")) {
      shape_.label_place = part == "vnat" ? 10 : number_of(part);
      fill(kNat, Slot::verbal, part);
    } else if (is_version(part)) {
      shape_.version = part;
    } else if (part == "qpos" || part.starts_with("qpos_")) {
      shape_.question_position = part == "qpos" ? "end" : part.substr(5);
      if (shape_.question_position != "start" && shape_.question_position != "end") {
        throw_<ConfigError>("template part \"{}\": expected qpos_start or qpos_end", part);
      }
    } else if (part.starts_with("omit_") && part.size() > 5) {
      shape_.omitted.push_back(part.substr(5));
    } else if (part.starts_with("chat_") && part.size() > 5) {
      shape_.chat = part.substr(5);
      places_[kSource] = {Slot::chat};
    } else {
      return false;
    }
    return true;
  }

  bool read_earlier(const std::string& part) {
    if (part == "rel_first") {
      fill(kPrefix1, Slot::relation_token, part);
    } else if (part == "rel_last") {
      fill(kPrefix2, Slot::relation_token, part);
    } else if (part == "tokens") {
      fill(kNat, Slot::features, part);
    } else if (part == "nat_tokens") {
      fill(kNat, Slot::gloss, part);
    } else if (part == "rel_mask") {
      fill(kMask, Slot::mask, part);
      places_[kMask].push_back(Slot::tail);
      target_mask_.push_back(Slot::mask);
      target_nat_.push_back(Slot::phrase);
    } else {
      return false;
    }
    return true;
  }

  int number_of(const std::string& part) {
    const std::string digits = part.substr(5);
    if (!digits.empty() && digits.size() < 4 &&
        digits.find_first_not_of("0123456789") == std::string::npos) {
      return std::stoi(digits);
    }
    throw_<ConfigError>(
        "template part \"{}\": expected vnat_P with the label's place P: 0 (left out), 1 "
        "(first), 10 (last) or 100 (alone)",
        part);
  }

  [[noreturn]] void no_place(const std::string& part) {
    throw_<ConfigError>("template \"{}\": there is no place left for its part \"{}\"",
                        join(shape_.parts, "-"), part);
  }

  void fill(Place place, Slot slot, const std::string& part) {
    if (!places_[place].empty()) no_place(part);
    places_[place].push_back(slot);
  }

  void next_prefix(Slot slot) {
    if (prefix_ == std::size(kPrefixes)) no_place("px");
    places_[kPrefixes[prefix_++]].push_back(slot);
  }

  void add_mask(const std::string& part) {
    if (mask_closed_) no_place(part);
    places_[kMask].push_back(Slot::mask);
    target_mask_.push_back(Slot::mask);
    mask_closed_ = part == "unsup";
  }

  void add_prompt(Slot slot, bool with_mask) {
    if (prompt_ == std::size(kPrompts)) no_place("prompt");
    auto& place = places_[kPrompts[prompt_]];
    place.push_back(slot);
    if (with_mask) place.push_back(Slot::mask);
  }

  TemplateShape shape_;
  std::vector<std::vector<Slot>> places_;
  std::vector<Slot> target_mask_, target_nat_;
  size_t prefix_ = 0, prompt_ = 0;
  bool mask_closed_ = false;
};

struct RuleParts {
  TemplateRule rule;
  std::vector<std::string> filling, mapping;
};

const std::map<std::string, RuleParts>& rules() {
  static const std::map<std::string, RuleParts> all = {
      {"temp_mixed", {TemplateRule::mixed, {"unsup"}, {"sup"}}},
      {"mixed", {TemplateRule::mixed, {"unsup"}, {"sup"}}},
      {"temp_flex", {TemplateRule::flex, {"unsup", "nat"}, {"sup", "nat"}}},
      {"temp_len", {TemplateRule::length, {"vnat_0", "v4"}, {"vnat_0", "vs2"}}}};
  return all;
}

std::vector<std::string> replaced(const std::vector<std::string>& parts, size_t at,
                                  const std::vector<std::string>& with) {
  std::vector<std::string> list(parts.begin(), parts.begin() + at);
  list.insert(list.end(), with.begin(), with.end());
  list.insert(list.end(), parts.begin() + at + 1, parts.end());
  return list;
}

}  // namespace

bool is_prompt(Slot slot) { return slot >= Slot::pt; }

bool TemplateShape::has(Slot slot) const {
  return std::find(source.begin(), source.end(), slot) != source.end();
}

bool TemplateShape::has_prompt() const {
  return soft_words || std::any_of(source.begin(), source.end(), is_prompt);
}

ParsedTemplate parse_template(const std::string& text, bool with_prefix) {
  const std::vector<std::string> parts = split(text, '-');
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto rule = rules().find(parts[i]);
    if (rule == rules().end()) continue;
    ParsedTemplate parsed{.rule = rule->second.rule, .shapes = {}};
    for (const auto* with : {&rule->second.filling, &rule->second.mapping}) {
      parsed.shapes.push_back(Parser(replaced(parts, i, *with), with_prefix).take());
    }
    return parsed;
  }
  return {.rule = TemplateRule::none, .shapes = {Parser(parts, with_prefix).take()}};
}

bool looks_like_parts(const std::string& text) {
  if (text.find('-') != std::string::npos || rules().contains(text)) return true;
  if (text.starts_with("chat_")) return true;
  return std::find(kParts.begin(), kParts.end(), text) != kParts.end();
}

}  // namespace dovetail
