// SPDX-License-Identifier: Apache-2.0
#include "templates/soft_tokens.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/names.h"
#include "base/random.h"
#include "base/text.h"
#include "templates/question_text.h"

namespace dovetail {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (const std::string& word : split(collapse_whitespace(text), ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::vector<std::string> shared_words(const BoundTemplate& tmpl, const RelationWords& relation) {
  const std::string words = phrase_or_none(tmpl.wordings->shared_words, relation.key);
  return words.empty() ? std::vector<std::string>{relation.key} : words_of(words);
}

// The words in another order, drawn by the relation's name and the same in every run.
std::vector<std::string> shuffled(std::vector<std::string> words, const std::string& key) {
  Rng rng(derive_seed(1, "words of " + key));
  rng.shuffle(std::span(words));
  return words;
}

class TokenMaker {
 public:
  TokenMaker(const BoundTemplate& tmpl, const TemplateShape& shape, const RelationWords& relation)
      : tmpl_(tmpl), shape_(shape), relation_(relation), length_(tmpl.prompt.length) {}

  std::vector<SoftToken> tokens(Slot slot, int64_t& position) {
    switch (slot) {
      case Slot::pt: return run(relation_.key, "T", length_, position);
      case Slot::pcom: return run("", "com", length_, position);
      case Slot::ptar: return own("P", length_);
      case Slot::psh: return of_words(shared_words(tmpl_, relation_));
      case Slot::pshr: return of_words(shuffled(shared_words(tmpl_, relation_), relation_.key));
      case Slot::psht: return own("S", private_length(shared_words(tmpl_, relation_).size()));
      case Slot::pnat: return of_phrase();
      case Slot::pn: return numbered(false);
      case Slot::pnr: return numbered(true);
      case Slot::pnt: return own("N", private_length(num_prompts()));
      default: DOVETAIL_CHECK(!is_prompt(slot)); return {};
    }
  }

 private:
  int64_t num_prompts() const { return tmpl_.parameters.at("num_prompts").get<int64_t>(); }

  // As many tokens as the variant with shared prompts has, less the tokens that all tasks share.
  int64_t private_length(int64_t prompts) const {
    const auto common = std::count(shape_.source.begin(), shape_.source.end(), Slot::pcom);
    return length_ * std::max<int64_t>(1, prompts - common);
  }

  std::vector<SoftToken> own(const std::string& letter, int64_t count) const {
    std::vector<SoftToken> tokens;
    for (int64_t i = 0; i < count; ++i)
      tokens.push_back({relation_.key, fmt::format("{}{}", letter, i), ""});
    return tokens;
  }

  // Numbered throughout the source, as in MTO: pcom-pt has com0 to com2 and then T3 to T5.
  static std::vector<SoftToken> run(const std::string& owner, const std::string& letter,
                                    int64_t count, int64_t& position) {
    std::vector<SoftToken> tokens;
    for (int64_t i = 0; i < count; ++i)
      tokens.push_back({owner, fmt::format("{}{}", letter, position++), ""});
    return tokens;
  }

  // Numbered for each word and not throughout the source, so that equal words share their tokens.
  std::vector<SoftToken> of_words(const std::vector<std::string>& words) const {
    std::vector<SoftToken> tokens;
    for (const std::string& word : words) {
      for (int64_t i = 0; i < length_; ++i)
        tokens.push_back({"", fmt::format("{}.{}", word, i), word});
    }
    return tokens;
  }

  std::vector<SoftToken> of_phrase() const {
    std::vector<SoftToken> tokens;
    for (const std::string& word : words_of(relation_.phrase)) {
      std::string bare = word;
      if (const size_t at = bare.find("{source}"); at != std::string::npos) bare.erase(at, 8);
      while (!bare.empty() && std::ispunct(static_cast<unsigned char>(bare.back())))
        bare.pop_back();
      if (!bare.empty()) tokens.push_back({relation_.key, bare, bare});
    }
    return tokens;
  }

  std::vector<SoftToken> numbered(bool in_another_order) const {
    std::vector<std::string> prompts;
    for (int64_t p = 0; p < num_prompts(); ++p) prompts.push_back(std::to_string(p));
    if (in_another_order) prompts = shuffled(prompts, relation_.key);
    std::vector<SoftToken> tokens;
    for (const std::string& prompt : prompts) {
      for (int64_t i = 0; i < length_; ++i) {
        tokens.push_back({relation_.key, fmt::format("p{}.{}", prompt, i), ""});
      }
    }
    return tokens;
  }

  const BoundTemplate& tmpl_;
  const TemplateShape& shape_;
  const RelationWords& relation_;
  int64_t length_;
};

}  // namespace

std::vector<SoftToken> tokens_of_slot(const BoundTemplate& tmpl, const TemplateShape& shape,
                                      const RelationWords& relation, Slot slot, int64_t& position) {
  return TokenMaker(tmpl, shape, relation).tokens(slot, position);
}

SoftToken cloze_token(const TaskData& task, const std::string& word) {
  return {cloze_key(task), word, word};
}

namespace {

std::vector<SoftToken> tokens_of_cloze(const BoundTemplate& tmpl, const TaskData& task) {
  const Verbalizer& verbalizer = cloze_verbalizer(*tmpl.wordings, tmpl.verbalizer.get());
  std::vector<SoftToken> tokens;
  for (const std::string& piece : cloze_pieces(verbalizer.clozes.at(cloze_key(task))))
    if (piece.front() != '{' && piece != "[MASK]") tokens.push_back(cloze_token(task, piece));
  return tokens;
}

}  // namespace

std::vector<SoftToken> soft_tokens_of(const BoundTemplate& tmpl, const TaskData& task) {
  std::vector<SoftToken> all;
  std::set<std::string> seen;
  const auto add = [&](SoftToken token) {
    if (seen.insert(token.name()).second) all.push_back(std::move(token));
  };
  for (const RelationWords& relation : relations_of(task, tmpl.verbalizer.get())) {
    for (const TemplateShape& shape : tmpl.shapes) {
      if (shape.soft_words)
        for (SoftToken& token : tokens_of_cloze(tmpl, task)) add(std::move(token));
      int64_t position = 0;
      for (const Slot slot : shape.source) {
        if (!is_prompt(slot)) continue;
        for (SoftToken& token : tokens_of_slot(tmpl, shape, relation, slot, position))
          add(std::move(token));
      }
    }
  }
  return all;
}

}  // namespace dovetail
