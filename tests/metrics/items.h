// SPDX-License-Identifier: Apache-2.0
// Test items with all the evidence that a metric may need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "metrics/metric.h"
#include "wordnet/wordnet.h"

namespace dovetail {

inline bool has_wordnet() {
  try {
    return !wordnet_folder().empty();
  } catch (const ConfigError&) {
    return false;
  }
}

using Texts = std::vector<std::string>;
using Items = std::vector<ScoredItem>;

inline ScoredItem item(std::string prediction, Texts references) {
  return {.prediction = std::move(prediction), .references = std::move(references)};
}

// Words, punctuation, letters beyond ASCII, Unicode whitespace and repetitions; or a number.
inline std::string random_text(Rng& rng, bool number) {
  if (number) return std::to_string(static_cast<int>(rng.below(50))) + ".25";
  const Texts words{"to",        "drive", "The",          "mall",    "x1",     "a",  ".",
                    "caf\u00e9", "3,000", "\u4e2d\u6587", "e-mail,", "\u00a0", "to", "don't",
                    "&amp;",     "  "};
  std::string text;
  for (uint64_t i = rng.below(8); i > 0; --i) text += words[rng.below(words.size())] + " ";
  return text;
}

inline ScoredItem random_item(Rng& rng, bool numbers) {
  ScoredItem item{.prediction = random_text(rng, numbers)};
  for (uint64_t i = 1 + rng.below(3); i > 0; --i) {
    item.references.push_back(random_text(rng, numbers));
    item.token_ranks.push_back({static_cast<int64_t>(1 + rng.below(90)), 1});
  }
  item.choices = {"yes", "no", "maybe"};
  item.answer = static_cast<int64_t>(rng.below(3));
  if (!numbers && rng.below(2) == 0) item.prediction = item.choices[rng.below(3)];
  for (size_t i = 0; i < item.choices.size(); ++i) {
    item.choice_logprobs.push_back(-static_cast<double>(rng.below(40)) / 4);
    item.choice_priors.push_back(-static_cast<double>(rng.below(40)) / 4);
    item.choice_tokens.push_back(static_cast<int64_t>(1 + rng.below(4)));
  }
  item.samples = {random_text(rng, numbers)};
  item.copied_words = static_cast<int64_t>(rng.below(4));
  item.target_tokens = static_cast<int64_t>(1 + rng.below(9));
  item.target_logprob = -static_cast<double>(rng.below(40)) / 4;
  return item;
}

// Three texts, each of five words or more, in several languages and scripts.
inline const std::map<std::string, Texts> kTextsOf{
    {"English",
     {"one day in Lagos, he drove", "two small cats sat there", "nobody knows what she wants"}},
    {"German",
     {"Übung macht den Meister, öfter", "ein müder Bär schläft dort", "früh übt sich große Kunst"}},
    {"Russian", {"синяя дверь ведёт в дом", "два кота сидят на окне", "никто не знает что это"}},
    {"Persian",
     {"در آبی به خانه باز شد", "دو گربه روی پنجره نشسته‌اند",
      "هیچ کس نمی داند چرا"}},
    {"Hindi", {"घर का दरवाज़ा आज खुला।", "दो काली बिल्ली वहाँ हैं।", "कोई नहीं जानता वह कौन है"}},
    {"Vietnamese",
     {"cánh cửa xanh mở vào nhà", "hai con mèo ngồi ở đó", "không ai biết cô ấy muốn gì"}},
    {"Turkish",
     {"mavi kapı eve doğru açılır", "iki küçük kedi orada oturdu",
      "kimse onun ne istediğini bilmez"}},
    {"Korean",
     {"파란 문은 집 안으로 열린다", "고양이 두 마리가 창가에 앉았다",
      "아무도 그것이 무엇인지 모른다"}},
    {"Chinese", {"蓝色的门通向房子。", "两只猫坐在窗边", "没有人知道她想要什么"}},
    {"Japanese",
     {"青いドアは家に開く。", "二匹の猫が窓に座っている", "彼女が何を望むのか誰も知らない"}},
    {"Thai", {"ประตูสีฟ้าเปิดสู่บ้าน", "แมวสองตัวนั่งที่หน้าต่าง", "ไม่มีใครรู้ว่าเธอต้องการอะไร"}},
    {"emoji", {"😀 🚪 🏠 🐈 🐕", "🐈 🐈 🪟 🌙 ⭐", "❓ 🧍 💭 🌊 🔥"}}};

// Right in every way; no two alike.
inline Items perfect_items(const Texts& texts) {
  Items items;
  for (size_t i = 0; i < texts.size(); ++i) {
    ScoredItem item{.prediction = texts[i], .references = {texts[i]}, .choices = texts};
    item.answer = static_cast<int64_t>(i);
    item.samples = {"none"};
    item.choice_logprobs = {-9, -9, -9};
    item.choice_logprobs[i] = 0;
    item.choice_priors = {-4, -4, -4};
    item.choice_tokens = {5, 5, 5};
    item.target_tokens = 5;
    item.token_ranks = {{1, 1, 1}};
    item.copied_words = 0;
    items.push_back(item);
  }
  return items;
}
inline Items perfect_items(bool numbers) {
  return perfect_items(numbers ? Texts{"1", "2.5", "-3"} : kTextsOf.at("English"));
}

}  // namespace dovetail
